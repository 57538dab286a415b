import path from 'node:path';
import type { Config } from '../config.ts';
import { requireStoreFile } from '../existing-store.ts';
import { CommandError, defineCommand } from './command.ts';
import { print } from './print.ts';
import { printable } from './text-table.ts';
import { readCommandConfig } from './with-service.ts';

/** `keywright backup`. */
export const backup = defineCommand({
  name: 'backup',
  summary: 'Copy the SQLite database to a file while the server runs, and check the copy',
  details: [
    'The copy holds everything that was answered as done before the command began. It is read by its owner alone, and a file that is there is never overwritten. Without the master key it is of no use: keep a copy of that too, in another place.',
    'On PostgreSQL the tools of PostgreSQL make backups: pg_dump.',
    'Before you put a backup back, read what comes back with it: "Backups" in docs/operation.md.',
  ],
  examples: ['mkdir -p -m 700 backup', 'keywright backup "backup/keywright-$(date +%F).db"'],
  arguments: { FILE: 'The file to make, such as backup/keywright-2027-10-29.db' },
  options: {},
  async run(invocation) {
    const config = readCommandConfig(invocation);
    const { database } = config;
    if (!('file' in database)) throw new CommandError(adviseOnPostgres(invocation.args.FILE));
    await requireStoreFile(config);
    const file = path.resolve(invocation.args.FILE);
    const { backUpSqlite } = await import('../storage/sqlite-backup.ts');
    const bytes = await backUpSqlite(database.file, file);
    const key = masterKeyOf(config);
    print(
      invocation,
      { file, bytes, integrity: 'ok', master_key: key },
      () => `Backed up to ${file} (${bytes} bytes), and checked it.\n`,
    );
    invocation.terminal.err(
      `It is of no use without the master key, which is not in it: keep a copy of ${key} as well, in another place.\n`,
    );
    return 0;
  },
});

/** Where the master key is, as an operator would look for it. */
function masterKeyOf(config: Config): string {
  if (config.masterKey !== undefined) return 'KEYWRIGHT_MASTER_KEY';
  return config.masterKeyFile ?? path.join(config.dataDir, 'master.key');
}

function adviseOnPostgres(file: string): string {
  return `the database is PostgreSQL, which its own tools back up: (umask 077 && pg_dump --format=custom --file=${printable(file)} "$KEYWRIGHT_DATABASE_URL"), with a pg_dump of the server's version or later`;
}
