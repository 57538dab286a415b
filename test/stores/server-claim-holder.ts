import { claimServer } from '../../packages/server/src/storage/server-claim.ts';

// node server-claim-holder.ts FOLDER: claims the folder, says so, and lives until it is killed.
const [folder = ''] = process.argv.slice(2);
claimServer(folder);
process.send?.('claimed');
setInterval(() => undefined, 60_000);
