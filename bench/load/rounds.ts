import { quantile } from '../report/statistics.ts';
import type { Contestant } from '../servers/contestants.ts';
import { runClosedLoad } from './closed-load.ts';

/** What the rounds of one contestant measured, one figure per round. */
export interface Rounds {
  readonly name: string;
  readonly rates: number[];
  readonly p50Ms: number[];
  readonly p99Ms: number[];
  /** Answers per second of the server's processor time: hardly moved by what else the machine does. */
  readonly perCpuSecond: number[];
  /** The shares of a core that the server and the load took. */
  readonly serverCpu: number[];
  readonly loadCpu: number[];
}

export interface RoundOptions {
  readonly connections: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/**
 * Loads the contestants in turns, round after round, so that a machine that slows down slows all of them down.
 *
 * @throws Error where a request is not answered with 200
 */
export async function runRounds(contestants: readonly Contestant[], options: RoundOptions): Promise<Rounds[]> {
  const measured = contestants.map(({ name }): Rounds => {
    return { name, rates: [], p50Ms: [], p99Ms: [], perCpuSecond: [], serverCpu: [], loadCpu: [] };
  });
  for (const contestant of contestants) await load(contestant, options.connections, options.warmUpSeconds);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      const cpuBefore = contestant.server.cpuSeconds();
      const result = await load(contestant, options.connections, options.seconds);
      const cpu = contestant.server.cpuSeconds() - cpuBefore;
      const rows = measured[index] as Rounds;
      rows.rates.push(result.ratePerSecond);
      rows.p50Ms.push(quantile(result.latenciesMs, 0.5));
      rows.p99Ms.push(quantile(result.latenciesMs, 0.99));
      rows.perCpuSecond.push((result.ratePerSecond * options.seconds) / cpu);
      rows.serverCpu.push(cpu / options.seconds);
      rows.loadCpu.push(result.ownCpuShare);
    }
  }
  return measured;
}

async function load({ name, server, requests }: Contestant, connections: number, seconds: number) {
  const result = await runClosedLoad({ port: server.port, requests, connections, seconds });
  if (result.failures > 0) throw new Error(`${name}: ${result.failures} requests were not answered with 200`);
  return result;
}
