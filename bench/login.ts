/**
 * How many users sign in per second, against what the hashing library alone reaches; and how much the exchanges of
 * application tokens suffer meanwhile. See README.md.
 */
import { hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { verify } from '@node-rs/argon2';
import { runClosedLoad } from './load/closed-load.ts';
import { runSteadyLoad } from './load/steady-load.ts';
import { readOptions } from './read-options.ts';
import { milliseconds, printMachine, printTable, requireFigure, spread } from './report/report.ts';
import { pairedRatio, quantile } from './report/statistics.ts';
import { exchangeRequest, raisedLimits, signInRequest, startKeywright } from './servers/contestants.ts';
import { addApplicationTokens, addUsers, makeStore, password, readPasswordHash } from './store/bench-store.ts';

const options = readOptions('Sign-ins per second, and exchanges while sign-ins wait', {
  seconds: { default: 4, meaning: 'how long each round lasts' },
  rounds: { default: 9, meaning: 'how many rounds of each' },
  users: { default: 1000, meaning: 'how many different users sign in' },
  waiting: { default: 200, meaning: 'how many sign-ins wait while the exchanges are measured' },
  'per-second': { default: 100, meaning: 'how many exchanges are begun each second' },
});

/** As many as the server computes at a time by default. */
const hashesAtATime = Math.max(1, availableParallelism() - 1);
/** So many sign-ins at a time that a hash is always waiting to be computed. */
const signInsAtATime = hashesAtATime + 8;

/** How many passwords the library verifies per second, with as many at a time as the server computes. */
async function measureLibrary(phc: string, seconds: number): Promise<number> {
  const sha1 = hash('sha1', password, 'hex');
  const end = performance.now() + seconds * 1000;
  let verified = 0;
  const keepVerifying = async (): Promise<void> => {
    while (performance.now() < end) {
      if (!(await verify(phc, sha1))) throw new Error('the hash is not of the password');
      verified += 1;
    }
  };
  await Promise.all(Array.from({ length: hashesAtATime }, keepVerifying));
  return verified / seconds;
}

async function signIn(port: number, requests: readonly Buffer[], connections: number, seconds: number) {
  const result = await runClosedLoad({ port, requests, connections, seconds });
  if (result.failures > 0) throw new Error(`${result.failures} sign-ins were not answered with 200`);
  return result.ratePerSecond;
}

async function measureExchanges(port: number, requests: readonly Buffer[], seconds: number): Promise<number> {
  return quantile(await runSteadyLoad({ port, requests, perSecond: options['per-second'], seconds }), 0.95);
}

async function compareRates(port: number, signIns: readonly Buffer[], phc: string): Promise<void> {
  const library: number[] = [];
  const ours: number[] = [];
  await measureLibrary(phc, 1);
  await signIn(port, signIns, signInsAtATime, 2);
  for (let round = 0; round < options.rounds; round += 1) {
    library.push(await measureLibrary(phc, options.seconds));
    ours.push(await signIn(port, signIns, signInsAtATime, options.seconds));
  }
  const oneDigit = (value: number): string => value.toFixed(1);
  printTable(
    ['', 'per second'],
    [
      ['@node-rs/argon2 alone', spread(library, oneDigit)],
      ['sign-ins', spread(ours, oneDigit)],
    ],
  );
  requireFigure('sign-ins / verifications', pairedRatio(ours, library), { atLeast: 0.9 });
}

async function compareExchanges(port: number, signIns: readonly Buffer[], exchanges: readonly Buffer[]): Promise<void> {
  const idle: number[] = [];
  const besides: number[] = [];
  await measureExchanges(port, exchanges, 3);
  for (let round = 0; round < options.rounds; round += 1) {
    idle.push(await measureExchanges(port, exchanges, options.seconds));
    // The sign-ins begin before the exchanges and end after them, so that they wait all the time.
    const signingIn = signIn(port, signIns, options.waiting, options.seconds + 2);
    const measuring = delay(1000).then(() => measureExchanges(port, exchanges, options.seconds));
    besides.push((await Promise.all([measuring, signingIn]))[0]);
  }
  printTable(
    [`${options['per-second']} exchanges per second`, 'p95 ms'],
    [
      ['idle', spread(idle, milliseconds)],
      [`while ${options.waiting} sign-ins wait`, spread(besides, milliseconds)],
    ],
  );
  requireFigure('p95 of an exchange while sign-ins wait / idle', pairedRatio(besides, idle), { atMost: 3 });
}

printMachine();
console.log(`keywright: production defaults on SQLite; limits count, raised to ${raisedLimits}`);
console.log(
  `${hashesAtATime} hashes at a time, ${options.users} users, ${options.rounds} rounds of ${options.seconds} s in turns\n`,
);

const dataDir = await makeStore();
const signIns = addUsers(dataDir, options.users).map((username) => signInRequest(username, password));
const exchanges = addApplicationTokens(dataDir, { count: 1000, usable: 1000 }).map(exchangeRequest);
const phc = readPasswordHash(dataDir);
const server = await startKeywright({ dataDir });
try {
  await compareRates(server.port, signIns, phc);
  console.log();
  await compareExchanges(server.port, signIns, exchanges);
} finally {
  await server.stop();
}
