import type { EventResource } from '@keywright/contract';
import { type ChainReport, verifyEvents } from '../domain/event-integrity.ts';
import { readEvents } from '../domain/event-list.ts';
import { parseTimeSpan, type TimeSpan } from '../http/time-span.ts';
import { CommandError, defineCommand, UsageError } from './command.ts';
import { findOrganisation } from './find-subject.ts';
import { print } from './print.ts';
import { formatTable, printable } from './text-table.ts';
import { withService } from './with-service.ts';

/** `keywright event explain`. */
export const eventExplain = defineCommand({
  name: 'event explain',
  summary: 'Say what happened on one request, and why it was refused',
  details: [
    'A refusal tells its caller little, but carries an X-Request-Id, in the body too. The events of that request say the rest: the true reason, the account or token, and the address. Events of failures are written within a second.',
  ],
  arguments: { REQUEST_ID: 'The X-Request-Id of the answer' },
  options: {},
  async run(invocation) {
    const requestId = invocation.args.REQUEST_ID;
    const events = await withService(invocation, ({ service }) =>
      Array.fromAsync(readEvents(service, 'all', [{ field: 'request_id', kind: 'text', parts: [requestId] }])),
    );
    if (events.length === 0) {
      throw new CommandError(
        `no event belongs to request ${printable(requestId)}: reads leave none, and old ones may be deleted`,
      );
    }
    print(invocation, events, () => events.map(explain).join('\n'));
    return 0;
  },
});

function explain(event: EventResource): string {
  const facts: [string, string][] = [
    ['When', event.timestamp],
    ['What', `${event.event_type.description}: ${event.description}`],
    ['Who', event.user === null ? 'nobody known' : `${event.user.username} (user ${event.user.id})`],
    ['Organisation', event.organisation === null ? 'none' : `${event.organisation.name} (${event.organisation.id})`],
    ['Through', event.event_source.description],
    ...Object.entries(event.detail ?? {}).map(([name, value]): [string, string] => [name, textOf(value)]),
  ];
  return facts.map(([name, value]) => `${`${name}:`.padEnd(22)}${printable(value)}\n`).join('');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `keywright event verify`. */
export const eventVerify = defineCommand({
  name: 'event verify',
  summary: 'Check that no event was changed or removed since it was written',
  details: [
    'Every organisation has a chain in which each event names the hash of the one before. The server seals how far each chain has come several times a day, under the master key; so a chain that was computed anew by somebody who can write to the database is found too, up to the last seal. Each seal covers the one before, and a sealed list names the chains that there are.',
    'Not found: the end of a chain that was cut off together with the seals after the cut, a chain that is younger than a list that was put back, or what was written anew after the last seal. Nothing in the database tells of that: export events elsewhere at regular intervals, and compare. Servers may run meanwhile.',
    'Exit code 1 where something is wrong.',
  ],
  arguments: {},
  options: {},
  async run(invocation) {
    const report = await withService(invocation, ({ service }) => verifyEvents(service));
    print(invocation, report, () => formatReport(report));
    return report.faults.length === 0 ? 0 : 1;
  },
});

function formatReport({ chains, events, faults }: ChainReport): string {
  const checked = `Checked ${events} events in ${chains} chains: `;
  if (faults.length === 0) return `${checked}every one is as it was written.\n`;
  const rows = faults.map((fault) => [
    fault.chainId === 0 ? 'none' : String(fault.chainId),
    String(fault.sequence),
    fault.fault,
  ]);
  return `${checked}${faults.length} faults.\n${formatTable(['ORGANISATION', 'EVENT NUMBER', 'FAULT'], rows)}`;
}

/** `keywright event export`. */
export const eventExport = defineCommand({
  name: 'event export',
  summary: 'Print events in order, one JSON object a line',
  examples: ['keywright event export --from 2027-10-29 > events.ndjson'],
  arguments: {},
  options: {
    organisation: { value: 'ORGANISATION', meaning: 'Only those of this organisation, by id or name' },
    from: { value: 'TIME', meaning: 'Only those from this time on: 2027, 2027-10, 2027-10-29 or 2027-10-29T10:00:00Z' },
    until: { value: 'TIME', meaning: 'Only those until this time; all of the day, month or year that it names' },
  },
  async run(invocation) {
    const { options, terminal } = invocation;
    const from = readTime('--from', options.from)?.from;
    const until = readTime('--until', options.until)?.until;
    const span = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
    await withService(invocation, async ({ service }) => {
      const organisation =
        options.organisation === undefined ? undefined : await findOrganisation(service, options.organisation);
      const filters = [{ field: 'timestamp', kind: 'time', ...span }] as const;
      const events = readEvents(service, organisation === undefined ? 'all' : [organisation.id], filters);
      for await (const event of events) terminal.out(`${JSON.stringify(event)}\n`);
    });
    return 0;
  },
});

/** Reads a time as the filters of the API do. */
function readTime(option: string, text: string | undefined): TimeSpan | undefined {
  if (text === undefined) return undefined;
  const span = parseTimeSpan(text);
  if (span === undefined) {
    throw new UsageError(
      `${option} must be a time such as 2027-10-29 or 2027-10-29T10:00:00Z, in UTC unless it says otherwise`,
    );
  }
  return span;
}
