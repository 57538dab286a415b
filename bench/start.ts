/** How soon a start is ready, with the compile cache of an earlier one; and how much memory it holds idle. See README.md. */
import { setTimeout as delay } from 'node:timers/promises';
import { readOptions } from './read-options.ts';
import { printMachine, printTable, requireFigure, spread } from './report/report.ts';
import { median } from './report/statistics.ts';
import { waitUntilReady } from './servers/child-server.ts';
import { spawnKeywright } from './servers/contestants.ts';
import { makeStore } from './store/bench-store.ts';

const options = readOptions('From the start to the first 200 on /readyz, and the memory held idle', {
  rounds: { default: 9, meaning: 'how many starts are measured' },
  rest: { default: 20, meaning: 'how many seconds it rests before its memory is read' },
});

const dataDir = await makeStore();

/** Starts a server, waits until it is ready and does something with it; answers how long it took, in milliseconds. */
async function start(use: (residentBytes: () => number) => Promise<void> = async () => undefined): Promise<number> {
  const begin = performance.now();
  const server = await spawnKeywright({ dataDir });
  try {
    await waitUntilReady(server, '/readyz', { everyMs: 2 });
    const tookMs = performance.now() - begin;
    await use(() => server.residentBytes());
    return tookMs;
  } finally {
    await server.stop();
  }
}

printMachine();
console.log(`${options.rounds} starts on a store that is there, after one that fills the compile cache\n`);

await start();
const starts: number[] = [];
for (let round = 0; round < options.rounds; round += 1) starts.push(await start());

const megabytes: number[] = [];
await start(async (residentBytes) => {
  megabytes.push(residentBytes() / 1e6);
  await delay(options.rest * 1000);
  megabytes.push(residentBytes() / 1e6);
});
const [atOnce = Number.NaN, afterRest = Number.NaN] = megabytes;

printTable(
  ['', 'ms', 'MB'],
  [
    ['start to the first 200 on /readyz', spread(starts)],
    ['resident memory when ready', '', atOnce.toFixed(1)],
    [`resident memory after ${options.rest} s of rest`, '', afterRest.toFixed(1)],
  ],
);
console.log();
requireFigure('second start, ms', Math.round(median(starts)), { atMost: 800 });
requireFigure('idle resident memory, MB', Math.max(atOnce, afterRest), { atMost: 140 });
