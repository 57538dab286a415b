/**
 * How fast `@keywright/verifier` verifies HS256 tokens, with its revocations loaded and all its checks on: uncached
 * against `node:crypto` alone, fast-jwt and jose; cached against fast-jwt's cache; and what a million different tokens
 * leave in memory.
 *
 * Everything runs in one process in short turns, round after round, so that a machine that slows down slows everything
 * down; the medians of the rounds' ratios count.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createVerifier, followRevocations, type RevocationFollower } from '@keywright/verifier';
import { readOptions } from './read-options.ts';
import { printMachine, printTable, requireFigure, spread, whole } from './report/report.ts';
import { pairedRatio } from './report/statistics.ts';
import { installPeers } from './servers/contestants.ts';
import {
  type Contestant,
  fastJwtContestant,
  joseContestant,
  keywrightContestant,
  rawContestant,
} from './verifiers/contestants.ts';
import { startFeed } from './verifiers/feed.ts';
import { audience, issuer, makeToken, makeTokens, secret } from './verifiers/tokens.ts';

const options = readOptions('How fast auth tokens are verified, and in how much memory.', {
  rounds: { default: 101, meaning: 'rounds' },
  turn: { default: 10, meaning: 'milliseconds of a turn' },
  entries: { default: 100_000, meaning: 'revocations that are loaded' },
  tokens: { default: 1000, meaning: 'different tokens that come again and again' },
  different: { default: 1_000_000, meaning: 'different tokens whose memory is measured' },
});

/** Between two looks at the clock, so that these cost nothing. */
const batch = 50;

/** Verifications per second of one turn. */
async function measure(contestant: Contestant): Promise<number> {
  const start = performance.now();
  let count = 0;
  let elapsedMs = 0;
  while (elapsedMs < options.turn) {
    // Awaited only where there is something to wait for: that would slow down those who answer at once.
    const verifying = contestant.verify(batch);
    if (verifying !== undefined) await verifying;
    count += batch;
    elapsedMs = performance.now() - start;
  }
  // Lets the feed be heard.
  await new Promise(setImmediate);
  return (count * 1000) / elapsedMs;
}

async function measureRounds(contestants: readonly Contestant[]): Promise<number[][]> {
  const rates = contestants.map((): number[] => []);
  for (const contestant of contestants) {
    for (let turn = 0; turn < 20; turn += 1) await measure(contestant);
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) rates[index]?.push(await measure(contestant));
  }
  return rates;
}

/** The bytes in use after a collection: on the heap, and of buffers outside of it. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Apart from what the cache may hold, so that it is met full and empty and in between. */
const sampleEvery = 24_989;

/** By how much the memory in use has grown at most while so many different tokens came. */
async function measureGrowth(revocations: RevocationFollower): Promise<number> {
  const jwk = { kty: 'oct', k: secret.toString('base64url'), alg: 'HS256', kid: 'bench' };
  const verifier = createVerifier({ issuer, audience, keys: [jwk], allowSharedSecret: true, revocations });
  for (let number = 0; number < 100; number += 1) await verifier.verify(makeToken(number + 1));
  const before = usedBytes();
  let most = before;
  for (let number = 1; number <= options.different; number += 1) {
    await verifier.verify(makeToken(number + 1000));
    if (number % sampleEvery !== 0) continue;
    most = Math.max(most, usedBytes());
    await new Promise(setImmediate);
  }
  return Math.max(most, usedBytes()) - before;
}

printMachine();
installPeers();
const feed = await startFeed(options.entries);
const loadStart = performance.now();
const revocations = followRevocations({
  url: feed.url,
  authToken: () => 'bench',
  maxStalenessSeconds: 30,
  whenStale: 'refuse',
  onProblem: (problem) => console.error(problem),
});
await revocations.whenCurrent();
console.log(`${whole(revocations.size)} revocations loaded in ${Math.round(performance.now() - loadStart)} ms\n`);

const tokens = makeTokens(options.tokens);
const cacheSize = 10_000;
const contestants = [
  rawContestant(tokens),
  keywrightContestant('keywright', tokens, revocations, false),
  fastJwtContestant('fast-jwt', tokens, false),
  await joseContestant(tokens),
  keywrightContestant('keywright, cached', tokens, revocations, { maxEntries: cacheSize }),
  fastJwtContestant('fast-jwt, cached', tokens, cacheSize),
];
const [raw = [], ours = [], fastJwt = [], jose = [], cached = [], fastJwtCached = []] =
  await measureRounds(contestants);
const rows = [raw, ours, fastJwt, jose, cached, fastJwtCached].map((rates, index) => [
  contestants[index]?.name ?? '',
  spread(rates),
]);
printTable(['HS256', 'verifications per second (least–most)'], rows);
console.log();
requireFigure('uncached, keywright / node:crypto', pairedRatio(ours, raw), { atLeast: 0.8 });
requireFigure('uncached, keywright / fast-jwt', pairedRatio(ours, fastJwt), { atLeast: 1.1 });
requireFigure('uncached, keywright / jose', pairedRatio(ours, jose), { atLeast: 4 });
requireFigure('cached, keywright / fast-jwt', pairedRatio(cached, fastJwtCached), { atLeast: 2 });

const growth = await measureGrowth(revocations);
console.log(`\n${whole(options.different)} different tokens, with the cache as it is by default`);
requireFigure('MiB that the memory in use has grown by at most', growth / 1_048_576, { atMost: 32 });
revocations.close();
feed.stop();
