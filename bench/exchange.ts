/**
 * How fast an application token is exchanged for an auth token over HTTP, against the least that it can cost and against
 * two well-known servers. See README.md.
 */
import { type Rounds, runRounds } from './load/rounds.ts';
import { readOptions } from './read-options.ts';
import { milliseconds, printMachine, printTable, requireFigure, spread } from './report/report.ts';
import { median, pairedRatio } from './report/statistics.ts';
import { canPin, pinSelf } from './servers/child-server.ts';
import {
  type Contestant,
  exchangeRequest,
  installPeers,
  loadCore,
  raisedLimits,
  serverCore,
  startFloor,
  startKeywright,
  startPeer,
} from './servers/contestants.ts';
import { addApplicationTokens, makeFolder, makeStore } from './store/bench-store.ts';

const options = readOptions(
  'Application token → auth token over HTTP: Keywright, a bare node:http server, oidc-provider and Better Auth',
  {
    seconds: { default: 1.5, meaning: 'how long each round lasts' },
    rounds: { default: 15, meaning: 'how many rounds of each' },
    'warm-up': { default: 10, meaning: 'how many seconds each is warmed up' },
    tokens: { default: 1000, meaning: 'how many different tokens are exchanged' },
    connections: { default: 64, meaning: 'how many keep-alive connections' },
  },
  {
    'no-peers': 'without oidc-provider and Better Auth',
    es256: 'like for like with ES256 instead of EdDSA',
  },
);
const publicKeyAlgorithm = options.es256 ? 'ES256' : 'EdDSA';

async function startOurs(algorithm: 'HS256' | 'EdDSA' | 'ES256'): Promise<Contestant> {
  const dataDir = await makeStore();
  const secrets = addApplicationTokens(dataDir, { count: options.tokens, usable: options.tokens });
  const server = await startKeywright({ dataDir, core: serverCore, algorithm });
  return { name: `keywright, ${algorithm}`, server, requests: secrets.map(exchangeRequest) };
}

async function* startAll(): AsyncGenerator<Contestant> {
  yield await startFloor(options.tokens);
  yield await startOurs('HS256');
  yield await startFloor(options.tokens, 'gathered');
  if (options['no-peers']) return;
  installPeers();
  const peer = { folder: makeFolder(), tokens: options.tokens };
  yield await startPeer('oidc-provider', { ...peer, algorithm: 'RS256' });
  yield await startPeer('better-auth', { ...peer, algorithm: 'EdDSA' });
  yield await startOurs(publicKeyAlgorithm);
  yield await startPeer('oidc-provider', { ...peer, algorithm: publicKeyAlgorithm });
  if (options.es256) yield await startPeer('better-auth', { ...peer, algorithm: publicKeyAlgorithm });
}

function printRounds(measured: readonly Rounds[], floor: Rounds): void {
  const share = (values: readonly number[]): string => `${Math.round(median(values) * 100)} %`;
  printTable(
    ['', 'per second', 'of the floor', 'p50 ms', 'p99 ms', 'per CPU second', 'server CPU', 'load CPU'],
    measured.map((row) => [
      row.name,
      spread(row.rates),
      pairedRatio(row.rates, floor.rates).toFixed(2),
      spread(row.p50Ms, milliseconds),
      spread(row.p99Ms, milliseconds),
      spread(row.perCpuSecond),
      share(row.serverCpu),
      share(row.loadCpu),
    ]),
  );
}

function requireAll(measured: readonly Rounds[]): void {
  const find = (name: string): Rounds => {
    const found = measured.find((rounds) => rounds.name === name);
    if (found === undefined) throw new Error(`${name} was not measured`);
    return found;
  };
  const [floor, ours] = [find('floor'), find('keywright, HS256')];
  requireFigure('keywright / floor, rate', pairedRatio(ours.rates, floor.rates), { atLeast: 0.55 });
  console.log(`      per CPU second: ${pairedRatio(ours.perCpuSecond, floor.perCpuSecond).toFixed(2)}`);
  console.log(`      of the floor that gathers: ${pairedRatio(ours.rates, find('floor, gathered').rates).toFixed(2)}`);
  requireFigure('keywright / floor, p99', pairedRatio(ours.p99Ms, floor.p99Ms), { atMost: 2 });
  const busiest = Math.max(median(floor.loadCpu), median(ours.loadCpu));
  requireFigure('the share of its core that the load takes', busiest, { below: 0.95 });
  if (options['no-peers']) return;
  const times = (a: string, b: string): number => pairedRatio(find(a).rates, find(b).rates);
  requireFigure('keywright / oidc-provider, rate', times('keywright, HS256', 'oidc-provider, RS256'), { atLeast: 5 });
  requireFigure('keywright / Better Auth, rate', times('keywright, HS256', 'better-auth, EdDSA'), { atLeast: 30 });
  for (const peer of ['oidc-provider', 'better-auth']) {
    const likeForLike = times(`keywright, ${publicKeyAlgorithm}`, `${peer}, ${publicKeyAlgorithm}`);
    console.log(`      all with ${publicKeyAlgorithm}: ${likeForLike.toFixed(1)} × ${peer}`);
  }
}

printMachine();
console.log(
  `${options.connections} connections, ${options.tokens} tokens, ${options.rounds} rounds of ${options.seconds} s in turns after ${options['warm-up']} s each; ` +
    `${canPin ? 'each server on one core, the load on the other' : 'nothing has a core of its own'}`,
);
console.log(`keywright: production defaults; limits count, raised to ${raisedLimits}`);
if (!options['no-peers']) {
  console.log('oidc-provider: in memory. Better Auth: SQLite; its limits count, raised to 1000000000');
}
console.log();

pinSelf(loadCore);
const contestants: Contestant[] = [];
try {
  for await (const contestant of startAll()) contestants.push(contestant);
  const measured = await runRounds(contestants, {
    connections: options.connections,
    rounds: options.rounds,
    seconds: options.seconds,
    warmUpSeconds: options['warm-up'],
  });
  const [floor] = measured;
  if (floor !== undefined) printRounds(measured, floor);
  console.log();
  requireAll(measured);
} finally {
  await Promise.all(contestants.map(({ server }) => server.stop()));
}
