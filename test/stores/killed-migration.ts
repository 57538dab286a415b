import { openDatabase } from '../../packages/server/src/storage/open-database.ts';
import { silentLog } from './test-store.ts';

// node killed-migration.ts OPTIONS N: migrates the database, and dies by SIGKILL before the nth statement.
const [options = '', lastStatement = ''] = process.argv.slice(2);
let statements = 0;
const database = await openDatabase(JSON.parse(options), {
  log: silentLog,
  onStatement() {
    statements += 1;
    if (statements === Number(lastStatement)) {
      process.kill(process.pid, 'SIGKILL');
    }
  },
});
await database.migrate();
await database.close();
