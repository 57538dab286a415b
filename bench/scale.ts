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
  rounds: { default: 21, meaning: 'how many rounds of each' },
  'warm-up': { default: 5, meaning: 'how many seconds each is warmed up' },
  few: { default: 1000, meaning: 'how many tokens the small store holds' },
  many: { default: 1_000_000, meaning: 'how many tokens the large store holds' },
  connections: { default: 64, meaning: 'how many keep-alive connections' },
});

/** Starts a server on a store of its own, of whose tokens as many are exchanged as the small one holds. */
async function startWith(count: number): Promise<Contestant> {
  const dataDir = await makeStore();
  const secrets = addApplicationTokens(dataDir, { count, usable: options.few });
  const server = await startKeywright({ dataDir, core: serverCore });
  return { name: `${whole(count)} tokens`, server, requests: secrets.map(exchangeRequest) };
}

printMachine();
console.log(`keywright: production defaults on SQLite; limits count, raised to ${raisedLimits}`);
console.log(
  `${options.connections} connections, ${options.few} tokens in use, ${options.rounds} rounds of ${options.seconds} s in turns\n`,
);

const contestants: Contestant[] = [];
try {
  for (const count of [options.few, options.many]) contestants.push(await startWith(count));
  pinSelf(loadCore);
  const [few, many] = (await runRounds(contestants, {
    connections: options.connections,
    rounds: options.rounds,
    seconds: options.seconds,
    warmUpSeconds: options['warm-up'],
  })) as [Rounds, Rounds];
  printTable(
    ['in the store', 'per second', 'p50 ms', 'p99 ms', 'per CPU second'],
    [few, many].map(({ name, rates, p50Ms, p99Ms, perCpuSecond }) => [
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
} finally {
  await Promise.all(contestants.map(({ server }) => server.stop()));
}
