import { openDatabase } from '../../packages/server/src/storage/open-database.ts';
import { now } from './sample-records.ts';
import { silentLog } from './test-store.ts';

// node writer.ts FILE NAME COUNT: inserts organisations, one at a time, saying each name once it is committed; COUNT 0: for ever.
const [file = '', name = '', count = '0'] = process.argv.slice(2);
const database = await openDatabase({ file }, { log: silentLog });
for (let index = 1; count === '0' || index <= Number(count); index++) {
  await database.insertOrganisation({ name: `${name} ${index}`, parentId: null, createdAt: now });
  process.send?.(`${name} ${index}`);
}
await database.close();
process.disconnect?.();
