import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import {
  findTemporaryFolder,
  findUnprivilegedUser,
  preparePrograms,
  type UnprivilegedUser,
} from './postgres-programs.ts';
import { startWatchingShell } from './watching-shell.ts';

const run = promisify(execFile);

/** How a server of a test's own is set up. */
export interface PostgresServerOptions {
  /** Whether what was committed outlives a crash (true unless said otherwise); false is several times as fast. */
  readonly durable?: boolean;
  /** Further settings, as in `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PostgreSQL server of a test's own, on loopback. It ends with the process that started it, however that ends. */
export interface PostgresServer {
  /** Of the database `postgres`, as a superuser. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Of the server's main process, whose children are the connections; undefined while it is stopped. */
  readonly pid: number | undefined;
  /** Stops it: `fast` ends connections and writes a checkpoint, `immediate` is a crash that needs recovery. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again on the same port, and returns when it takes connections. */
  start(): Promise<void>;
  /** Stops it and removes its files. */
  destroy(): Promise<void>;
}

const startTimeoutMilliseconds = 60_000;

/**
 * Starts a PostgreSQL server that a test may stop, crash, freeze and start again.
 *
 * @throws Error with the server's own log where it does not start.
 */
export async function startOwnPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  if (process.platform === 'win32') {
    throw new Error('Set KEYWRIGHT_TEST_DATABASE_URL: on Windows, tests do not start a PostgreSQL of their own.');
  }
  const user = await findUnprivilegedUser();
  const folder = await mkdtemp(join(findTemporaryFolder(user), 'keywright-postgres-'));
  const removeWithUs = startWatchingShell(watchScript, folder);
  try {
    const password = randomBytes(12).toString('hex');
    if (user !== undefined) {
      await chown(folder, user.uid, user.gid);
    }
    const programs = await preparePrograms(folder, user);
    await initialise({ folder, programs, user, password });
    const server = new Server({ folder, programs, user, password, options, removeWithUs });
    await server.startOnFreePort();
    return server;
  } catch (error) {
    await removeWithUs();
    throw error;
  }
}

/**
 * Waits for the end of its standard input, which is the end of the process that holds the other end, be it by SIGKILL;
 * then ends the server that runs in the folder, if one does (frozen or not), and removes the folder.
 */
const watchScript = `
cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
is_ours() {
  case "$(tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null || ps -p "$pid" -o args= 2>/dev/null)" in
    *"$1"*) return 0 ;;
    *) return 1 ;;
  esac
}
if [ -n "$pid" ] && is_ours "$1"; then
  kill -CONT "$pid"
  kill -QUIT "$pid"
  tries=0
  while is_ours "$1" && [ "$tries" -lt 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
  is_ours "$1" && kill -KILL "$pid"
fi
rm -rf "$1"
`;

interface Place {
  readonly folder: string;
  readonly programs: string;
  readonly user: UnprivilegedUser | undefined;
  readonly password: string;
}

async function initialise({ folder, programs, user, password }: Place): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) {
    await chown(passwordFile, user.uid, user.gid);
  }
  await run(
    join(programs, 'initdb'),
    [
      `--pgdata=${join(folder, 'data')}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      // Sorts as servers in production do, not as SQLite does: a store that relies on either is found out.
      '--locale-provider=icu',
      '--icu-locale=en-US',
      '--no-sync',
    ],
    { cwd: folder, env: {}, ...user },
  );
  await rm(passwordFile);
}

class Server implements PostgresServer {
  readonly dataDir: string;
  readonly #place: Place & { readonly options: PostgresServerOptions; readonly removeWithUs: () => Promise<void> };
  #port = 0;
  #process: ChildProcess | undefined;

  constructor(place: Place & { options: PostgresServerOptions; removeWithUs: () => Promise<void> }) {
    this.#place = place;
    this.dataDir = join(place.folder, 'data');
  }

  get url(): string {
    return `postgres://postgres:${this.#place.password}@127.0.0.1:${this.#port}/postgres`;
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async startOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#port = await findFreePort();
      try {
        await this.start();
        return;
      } catch (error) {
        const isTaken = error instanceof Error && error.message.includes('could not bind');
        if (!isTaken || attempt === 5) {
          throw error;
        }
      }
    }
  }

  async start(): Promise<void> {
    if (this.#process !== undefined) {
      return;
    }
    const { folder, programs, user } = this.#place;
    const log = await open(join(folder, 'log'), 'a');
    const child = spawn(join(programs, 'postgres'), ['-D', this.dataDir, ...this.#settings()], {
      cwd: folder,
      env: {},
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...user,
    });
    await log.close();
    child.unref();
    this.#process = child;
    child.once('error', () => {
      this.#process = undefined;
    });
    child.once('exit', () => {
      this.#process = undefined;
    });
    await this.#waitUntilReady();
  }

  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    const child = this.#process;
    if (child === undefined) {
      return;
    }
    const ended = once(child, 'exit');
    child.ref();
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  async destroy(): Promise<void> {
    await this.#place.removeWithUs();
  }

  #settings(): string[] {
    const { durable = true, settings = {} } = this.#place.options;
    const all: Record<string, string> = {
      port: String(this.#port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      shared_buffers: '32MB',
      max_connections: '100',
      ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
      ...settings,
    };
    return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  }

  async #waitUntilReady(): Promise<void> {
    const deadline = performance.now() + startTimeoutMilliseconds;
    while (this.#process !== undefined && performance.now() < deadline) {
      if (await isReady(this.url)) {
        return;
      }
      await wait(20);
    }
    const log = await readFile(join(this.#place.folder, 'log'), 'utf8');
    throw new Error(`PostgreSQL did not start. The end of its log:\n${log.split('\n').slice(-20).join('\n')}`);
  }
}

/** @throws whatever the server answers but "not yet". */
async function isReady(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    // 57P03: it is still starting, or recovering.
    if (
      error instanceof Error &&
      'code' in error &&
      ['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(String(error.code))
    ) {
      return false;
    }
    throw error;
  } finally {
    await client.end();
  }
}

/**
 * A free port below those that systems hand to outgoing connections: otherwise a client that keeps trying while the
 * server is down may at last be given the server's port as its own, connect to itself, and keep the server out.
 */
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) {
      return port;
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
