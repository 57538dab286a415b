import { makeDataDir } from '../data-dir.ts';
import { loadMasterKey } from '../master-key.ts';
import { defineCommand } from './command.ts';
import { print } from './print.ts';
import { namingDatabase, readCommandConfig, terminalLog } from './with-service.ts';

/** `keywright migrate`. */
export const migrate = defineCommand({
  name: 'migrate',
  summary: 'Bring the database up to date, and print what was applied',
  details: [
    'A server does the same when it starts. Migrations only add: servers of the release before go on working beside it.',
  ],
  arguments: {},
  options: {},
  async run(invocation) {
    const config = readCommandConfig(invocation);
    // A database without its key would be refused by the server that is started next.
    await loadMasterKey(config);
    if ('file' in config.database) await makeDataDir(config.dataDir);
    const { openDatabase } = await import('../storage/open-database.ts');
    const applied = await namingDatabase(config, async () => {
      const database = await openDatabase(config.database, { log: terminalLog(invocation) });
      try {
        return await database.migrate();
      } finally {
        await database.close();
      }
    });
    print(invocation, { applied }, () =>
      applied.length === 0 ? 'The database is up to date.\n' : applied.map((name) => `Applied ${name}\n`).join(''),
    );
    return 0;
  },
});
