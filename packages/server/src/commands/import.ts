import type { Problem } from '../domain/errors.ts';
import type { Service } from '../domain/service.ts';
import { importColumns, importUsers, type PlacedImportRow, readImportRow } from '../domain/user-import.ts';
import { CommandError, defineCommand, type Invocation } from './command.ts';
import { findOnlyOrganisation, findOrganisation } from './find-subject.ts';
import { hashFile, readImportFile } from './import-file.ts';
import { print } from './print.ts';
import { printable } from './text-table.ts';
import { type CommandContext, withService } from './with-service.ts';

/** How many rows go into one transaction. */
const batchSize = 1_000;
const maxShownFaults = 20;

/** What a look at the whole file found. */
interface Survey {
  rows: number;
  readonly faults: string[];
  faultCount: number;
  /** Usernames that have an account already, which is left as it is. */
  present: number;
  sha1s: number;
}

/** `keywright import users`. */
export const importUsersCommand = defineCommand({
  name: 'import users',
  summary: 'Import users from a CSV or NDJSON file of another system',
  details: [
    'Looks at the whole file first and says what is wrong with it, and changes nothing. Add --apply to import then. An import that is cut off goes on where it was when it is started again with the same file.',
    'SHA-1s are wrapped in Argon2id, which takes about 10 ms each. bcrypt, scrypt and Argon2 hashes are kept, and renewed when their owners first sign in with the password itself; a client that sends the SHA-1 of the password can not sign such a user in before. Users who have no password ask for one: POST /api/v1/user/password_reset.',
  ],
  lists: [{ heading: 'Columns of CSV, or properties of each line of NDJSON', entries: importColumns }],
  examples: [
    'keywright import users users.csv --organisation Acme',
    'keywright import users users.csv --organisation Acme --apply',
  ],
  arguments: { FILE: 'The file: *.ndjson or *.jsonl, or else CSV with the names of the columns in its first line' },
  options: {
    apply: { meaning: 'Import, if nothing is wrong; without it nothing is changed' },
    organisation: {
      value: 'ORGANISATION',
      meaning: 'Where users go whose row names no organisation, by id or name; not needed where there is only one',
    },
  },
  async run(invocation) {
    const { options, args } = invocation;
    return withService(invocation, async (context) => {
      const places = createPlaces(context.service, options.organisation);
      const survey = await surveyFile(invocation, context.service, args.FILE, places);
      if (survey.faultCount > 0) {
        const shown = survey.faults.map((fault) => `${fault}\n`).join('');
        const rest =
          survey.faultCount > survey.faults.length ? `… and ${survey.faultCount - survey.faults.length} more\n` : '';
        invocation.terminal.err(`${shown}${rest}`);
        throw new CommandError(
          `${survey.faultCount} of ${survey.rows} rows can't be imported, so nothing was: put them right, and try again`,
        );
      }
      if (options.apply !== true) {
        printSurvey(invocation, survey);
        return 0;
      }
      const outcome = await applyFile(invocation, context, args.FILE, places, survey.rows);
      print(invocation, { ...outcome, rows: survey.rows }, () => formatOutcome(outcome, survey.rows));
      return 0;
    });
  },
});

type Places = (organisation: string | undefined) => Promise<number>;

/** Finds organisations by what a row says, each once. */
function createPlaces(service: Service, given: string | undefined): Places {
  const found = new Map<string | undefined, Promise<number>>();
  return (organisation) => {
    const name = organisation ?? given;
    let id = found.get(name);
    if (id === undefined) {
      id = (name === undefined ? findOnlyOrganisation(service) : findOrganisation(service, name)).then(
        (place) => place.id,
      );
      found.set(name, id);
    }
    return id;
  };
}

async function surveyFile(invocation: Invocation, service: Service, file: string, places: Places): Promise<Survey> {
  const survey: Survey = { rows: 0, faults: [], faultCount: 0, present: 0, sha1s: 0 };
  const lines = new Map<string, number>();
  const note = (line: number, fault: string): void => {
    survey.faultCount += 1;
    if (survey.faults.length < maxShownFaults) survey.faults.push(`line ${line}: ${printable(fault)}`);
  };
  let waiting: string[] = [];
  const countPresent = async (): Promise<void> => {
    survey.present += (await service.database.findTakenUsernames(waiting)).length;
    waiting = [];
  };
  for await (const entry of readImportFile(file)) {
    survey.rows += 1;
    if (survey.rows % 50_000 === 0) invocation.terminal.err(`Looked at ${survey.rows} rows …\n`);
    if ('fault' in entry) {
      note(entry.line, entry.fault);
      continue;
    }
    const read = readImportRow(entry.row);
    if (isProblems(read)) {
      note(entry.line, read.map(({ message }) => message).join('; '));
      continue;
    }
    const other = lines.get(read.usernameKey);
    if (other !== undefined) note(entry.line, `the username stands on line ${other} too`);
    lines.set(read.usernameKey, entry.line);
    await places(read.organisation).catch((error: Error) => note(entry.line, error.message));
    if (read.sha1 !== undefined) survey.sha1s += 1;
    waiting.push(read.usernameKey);
    if (waiting.length >= batchSize) await countPresent();
  }
  await countPresent();
  return survey;
}

function isProblems(read: ReturnType<typeof readImportRow>): read is readonly Problem[] {
  return Array.isArray(read);
}

function printSurvey(invocation: Invocation, { rows, present, sha1s }: Survey): void {
  print(invocation, { rows, present, sha1s }, () =>
    [
      `Nothing is wrong with the file. It has ${rows === 1 ? '1 row' : `${rows} rows`}, and nothing was changed.\n`,
      present > 0 ? `Of its users ${present} ${present === 1 ? 'exists' : 'exist'} already, to be left alone.\n` : '',
      sha1s > 0 ? `SHA-1s to be hashed, about 10 ms each: ${sha1s}.\n` : '',
      present === rows ? 'There is nobody to import.\n' : 'Add --apply to import them.\n',
    ].join(''),
  );
}

async function applyFile(
  { terminal }: Invocation,
  { service, actor }: CommandContext,
  file: string,
  places: Places,
  rows: number,
): Promise<ImportOutcome> {
  const fileHash = await hashFile(file);
  const done = (await service.database.findImportMark(fileHash)) ?? 0;
  if (done > 0 && done < rows) {
    terminal.err(`An earlier import of this file was cut off after row ${done}: it goes on from there.\n`);
  }
  let imported = 0;
  let row = 0;
  let batch: PlacedImportRow[] = [];
  const importBatch = async (): Promise<void> => {
    imported += await importUsers(service, actor, batch, { fileHash, rowsDone: row });
    batch = [];
    terminal.err(`Imported row ${row} of ${rows}.\n`);
  };
  for await (const entry of readImportFile(file)) {
    row += 1;
    if (row <= done) continue;
    const read = 'row' in entry ? readImportRow(entry.row) : [];
    if (isProblems(read))
      throw new CommandError(`line ${entry.line} of ${file} changed during the import: start it again`);
    batch.push({ ...read, organisationId: await places(read.organisation) });
    if (batch.length >= batchSize) await importBatch();
  }
  if (batch.length > 0) await importBatch();
  return { imported, done_before: done };
}

interface ImportOutcome {
  readonly imported: number;
  /** How many rows an earlier import of the same file had done. */
  readonly done_before: number;
}

function formatOutcome({ imported, done_before: before }: ImportOutcome, rows: number): string {
  if (before >= rows && rows > 0) {
    return `This very file was imported before, all ${rows} rows of it, so nothing was done. To bring users back who were removed since, import a file of their rows alone.\n`;
  }
  const left = rows - before - imported;
  const existing = left === 0 ? '' : `; ${left} existed already, and were left as they are`;
  const earlier = before === 0 ? '' : `, after the ${before} rows of an earlier import`;
  return `Imported ${imported} of ${rows - before} users${earlier}${existing}.\n`;
}
