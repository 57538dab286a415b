/** How fast application tokens are exchanged with a million of them in the store, against a thousand. See README.md. */
import { type Rounds, runRounds } from './load/rounds.ts';
import { readOptions } from './read-options.ts';
import { milliseconds, printMachine, printTable, requireFigure, spread, whole } from './report/report.ts';
import { pairedRatio } from './report/statistics.ts';
import { pinSelf } from './servers/child-server.ts';
import {
  type Contestant,
  exchangeRequest,
  loadCore,
  raisedLimits,
  serverCore,
  startKeywright,
} from './servers/contestants.ts';
import { addApplicationTokens, makeStore } from './store/bench-store.ts';

const options = readOptions('Exchanges per second with many application tokens in the store, and with few', {
  seconds: { default: 1.5, meaning: 'how long each round lasts' },
  rounds: { default: 15, meaning: 'how many rounds of each' },
  'warm-up': { default: 5, meaning: 'how many seconds each is warmed up' },
  few: { default: 1000, meaning: 'how many tokens the small store holds' },
  many: { default: 1_000_000, meaning: 'how many tokens the large store holds' },
  'in-use': { default: 100_000, meaning: 'how many of them are exchanged in a third turn, which decides nothing' },
  connections: { default: 64, meaning: 'how many keep-alive connections' },
});

/** Starts a server on a store of its own, and answers requests that exchange `usable` of its tokens. */
async function startWith(count: number, usable: number): Promise<Contestant> {
  const dataDir = await makeStore();
  const secrets = addApplicationTokens(dataDir, { count, usable });
  const server = await startKeywright({ dataDir, core: serverCore });
  const name = `${whole(count)} tokens, ${whole(usable)} in use`;
  return { name, server, requests: secrets.map(exchangeRequest) };
}

printMachine();
console.log(`keywright: production defaults on SQLite; limits count, raised to ${raisedLimits}`);
console.log(
  `${options.connections} connections, ${options.rounds} rounds of ${options.seconds} s in turns after ${options['warm-up']} s each\n`,
);

const contestants: Contestant[] = [];
try {
  contestants.push(await startWith(options.few, options.few));
  contestants.push(await startWith(options.many, options.few));
  contestants.push(await startWith(options.many, Math.min(options['in-use'], options.many)));
  pinSelf(loadCore);
  const [few, many, manyInUse] = (await runRounds(contestants, {
    connections: options.connections,
    rounds: options.rounds,
    seconds: options.seconds,
    warmUpSeconds: options['warm-up'],
  })) as [Rounds, Rounds, Rounds];
  printTable(
    ['in the store', 'per second', 'p50 ms', 'p99 ms', 'per CPU second'],
    [few, many, manyInUse].map(({ name, rates, p50Ms, p99Ms, perCpuSecond }) => [
      name,
      spread(rates),
      spread(p50Ms, milliseconds),
      spread(p99Ms, milliseconds),
      spread(perCpuSecond),
    ]),
  );
  console.log();
  requireFigure('many / few, rate', pairedRatio(many.rates, few.rates), { atLeast: 0.9 });
  console.log(`      per CPU second: ${pairedRatio(many.perCpuSecond, few.perCpuSecond).toFixed(2)}`);
  console.log(`      with more of them in use: ${pairedRatio(manyInUse.rates, few.rates).toFixed(2)}`);
} finally {
  await Promise.all(contestants.map(({ server }) => server.stop()));
}
