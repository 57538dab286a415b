import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AuthenticationMetrics, Service } from '../domain/service.ts';

/** Counts the requests of one route; found once per route, since a look-up by labels costs more than the counting. */
export interface RouteMeter {
  observe(status: number, seconds: number): void;
}

/** What is looked at whenever metrics are read. */
type WatchedService = Pick<Service, 'hashQueue' | 'database' | 'streams'>;

/** What the service counts about itself, in the form that Prometheus reads. */
export interface Metrics extends AuthenticationMetrics {
  /** @param route the pattern, never the path: paths hold ids, and there is no end of them */
  meterRoute(method: string, route: string): RouteMeter;
  /** Shows the state of the hash queue, the connection pool and the open streams. */
  watch(service: WatchedService): void;
  render(): Promise<string>;
  readonly contentType: string;
}

const maxClientLabels = 100;
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Makes the metrics.
 *
 * @param options `ofProcess`: with memory, event loop and garbage collection; false keeps tests free of their timers
 */
export function createMetrics(options: { readonly version: string; readonly ofProcess?: boolean }): Metrics {
  const registry = new Registry();
  if (options.ofProcess !== false) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'keywright_build_info',
    help: 'Always 1; the labels say what runs',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: options.version, node: process.version }, 1);
  const authentications = createCountedTable(registry, {
    name: 'keywright_authentications_total',
    help: 'Attempts to authenticate, by the form of the credentials and the result',
    labelNames: ['form', 'result'],
  });
  const boundedLabel = createLabelBound(maxClientLabels);
  const sha1SignIns = createCountedTable(registry, {
    name: 'keywright_sha1_sign_ins_total',
    help: 'Right passwords that came as their SHA-1, by the program that sent them',
    labelNames: ['client'],
  });
  return {
    countAuthentication(form, result) {
      authentications(form, result).count += 1;
    },
    countSha1SignIn(client) {
      sha1SignIns(boundedLabel(client)).count += 1;
    },
    meterRoute: createRouteMeters(registry),
    watch: (service) => watchService(registry, service),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Lets the first so many different labels stand and makes `other` of what comes later: senders must not fill the memory. */
function createLabelBound(most: number): (label: string) => string {
  const known = new Set<string>();
  return (label) => {
    if (known.size < most) known.add(label);
    return known.has(label) ? label : 'other';
  };
}

/** One row of a table of counts. */
interface Row {
  readonly labels: Readonly<Record<string, string>>;
  count: number;
}

/** A counter whose counts are plain numbers until somebody reads them; answers how to find a row by its labels. */
function createCountedTable(
  registry: Registry,
  options: { readonly name: string; readonly help: string; readonly labelNames: string[] },
): (...labels: readonly string[]) => Row {
  const rows = new Map<string, Row>();
  new Counter({
    ...options,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of rows.values()) this.inc(labels, count);
    },
  });
  return (...values) => {
    const key = values.join(' ');
    const found = rows.get(key);
    if (found !== undefined) return found;
    const labels = Object.fromEntries(options.labelNames.map((name, index) => [name, values[index] ?? '']));
    const row = { labels, count: 0 };
    rows.set(key, row);
    return row;
  };
}

function createRouteMeters(registry: Registry): Metrics['meterRoute'] {
  const requests = createCountedTable(registry, {
    name: 'keywright_http_requests_total',
    help: 'Answered requests',
    labelNames: ['method', 'route', 'status'],
  });
  const durations = new Histogram({
    name: 'keywright_http_request_duration_seconds',
    help: 'Time from the end of the request header to the answer',
    labelNames: ['method', 'route'],
    buckets: durationBuckets,
    registers: [registry],
  });
  return (method, route) => {
    const duration = durations.labels(method, route);
    const rows = new Map<number, Row>();
    return {
      observe(status, seconds) {
        let row = rows.get(status);
        if (row === undefined) {
          row = requests(method, route, String(status));
          rows.set(status, row);
        }
        row.count += 1;
        duration.observe(seconds);
      },
    };
  };
}

function watchService(registry: Registry, service: WatchedService): void {
  const registers = [registry];
  new Gauge({
    name: 'keywright_revocation_streams',
    help: 'Open streams of the revocation feed',
    registers,
    collect() {
      this.set(service.streams.size);
    },
  });
  new Gauge({
    name: 'keywright_hash_queue',
    help: 'Password hashes that wait for a place, or are being computed',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'waiting' }, service.hashQueue.waiting);
      this.set({ state: 'active' }, service.hashQueue.active);
    },
  });
  new Gauge({
    name: 'keywright_database_connections',
    help: 'Connections to the database, and requests that wait for one',
    labelNames: ['state'],
    registers,
    collect() {
      const { total, idle, waiting } = service.database.poolState();
      this.set({ state: 'total' }, total);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
    },
  });
}
