/** Whether the time of an answer tells an unknown user from a wrong password. See README.md. */
import { HttpConnection } from './load/http-connection.ts';
import { readOptions } from './read-options.ts';
import { milliseconds, printMachine, printTable, requireFigure } from './report/report.ts';
import { median, quantile, rankZ } from './report/statistics.ts';
import { raisedLimits, signInRequest, startKeywright } from './servers/contestants.ts';
import { addUsers, makeStore } from './store/bench-store.ts';

const options = readOptions('The time of a refusal: an unknown user against a wrong password', {
  pairs: { default: 400, meaning: 'how many pairs of attempts are compared' },
  'warm-up': { default: 50, meaning: 'how many pairs come before' },
});

const wrongPassword = 'the password of somebody else';

async function measureRefusal(connection: HttpConnection, username: string): Promise<number> {
  const request = signInRequest(username, wrongPassword);
  const sentAt = performance.now();
  const { status, body } = await connection.ask(request);
  const tookMs = performance.now() - sentAt;
  if (status !== 401) throw new Error(`an attempt was answered with ${status}: ${body}`);
  return tookMs;
}

/** Each name is tried once, since repeated failures lock an account; which comes first in a pair is left to chance. */
async function measurePairs(connection: HttpConnection, usernames: readonly string[]) {
  const wrong: number[] = [];
  const unknown: number[] = [];
  for (const username of usernames) {
    const attempts = [
      async () => wrong.push(await measureRefusal(connection, username)),
      // Of the same length, so that the requests are, too.
      async () => unknown.push(await measureRefusal(connection, username.replace('user', 'none'))),
    ];
    if (Math.random() < 0.5) attempts.reverse();
    for (const attempt of attempts) await attempt();
  }
  return { wrong, unknown };
}

printMachine();
console.log(`keywright: production defaults on SQLite; limits count, raised to ${raisedLimits}`);
console.log(`${options.pairs} pairs, one attempt after another over HTTP, ${options['warm-up']} pairs before them\n`);

const dataDir = await makeStore();
const usernames = addUsers(dataDir, options.pairs + options['warm-up']);
const server = await startKeywright({ dataDir });
const connection = new HttpConnection(server.port);
try {
  await connection.opened;
  await measurePairs(connection, usernames.slice(options.pairs));
  const { wrong, unknown } = await measurePairs(connection, usernames.slice(0, options.pairs));
  const row = (name: string, values: readonly number[]): string[] => {
    const shown = [median(values), quantile(values, 0.05), quantile(values, 0.95), Math.min(...values)];
    return [name, ...shown.map(milliseconds), milliseconds(Math.max(...values))];
  };
  printTable(
    ['ms', 'median', 'p5', 'p95', 'least', 'most'],
    [row('wrong password', wrong), row('unknown user', unknown)],
  );
  console.log();
  const z = rankZ(unknown, wrong);
  console.log(`      rank z (Mann and Whitney) of unknown users: ${z.toFixed(2)}`);
  requireFigure('|z|', Math.abs(z), { below: 4 });
} finally {
  connection.close();
  await server.stop();
}
