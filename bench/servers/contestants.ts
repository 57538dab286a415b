import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SigningAlgorithm } from '@keywright/contract';
import { writeJsonRequest, writeRequest } from '../load/http-request.ts';
import { keywrightCommand } from '../store/bench-store.ts';
import { type ChildServer, spawnServer, waitUntilReady } from './child-server.ts';

/** The core that servers run on; the load runs on the other. */
export const serverCore = 0;
export const loadCore = 1;

/** Counting goes on, and nobody is refused. */
export const raisedLimits = 'attempts=1000000000,failures=1000000000,exchanges=1000000000,calls=1000000000';

/** A server that exchanges one thing for a token, and requests that make it do so. */
export interface Contestant {
  readonly name: string;
  readonly server: ChildServer;
  readonly requests: readonly Buffer[];
}

export interface KeywrightOptions {
  readonly dataDir: string;
  /** The one core that it may use; any, where absent. */
  readonly core?: number;
  readonly algorithm?: SigningAlgorithm;
  /** For Node.js, before the script. */
  readonly nodeArgs?: readonly string[];
}

/** Starts Keywright as in production, its limits raised. */
export function spawnKeywright(options: KeywrightOptions): Promise<ChildServer> {
  const { dataDir, core, algorithm = 'HS256', nodeArgs = [] } = options;
  return spawnServer({
    args: [...nodeArgs, keywrightCommand, 'serve', '--data-dir', dataDir, '--port', '{port}'],
    env: { KEYWRIGHT_RATE_LIMIT: raisedLimits, KEYWRIGHT_SIGNING_ALGORITHM: algorithm },
    core,
  });
}

/** Starts Keywright, and answers when it is ready. */
export async function startKeywright(options: KeywrightOptions): Promise<ChildServer> {
  const server = await spawnKeywright(options);
  await orStop(server, waitUntilReady(server, '/readyz'));
  return server;
}

/** The request that exchanges an application token. */
export function exchangeRequest(secret: string): Buffer {
  return writeJsonRequest('/api/v1/authenticate', { application_token: secret });
}

/** The request that signs a user in. */
export function signInRequest(username: string, password: string): Buffer {
  return writeJsonRequest('/api/v1/authenticate', { username, password });
}

/** Starts the bare server of floor.ts; with `gathered` it answers the requests of one turn of the event loop together. */
export async function startFloor(tokens: number, gathered?: 'gathered'): Promise<Contestant> {
  const script = path.join(import.meta.dirname, '../floor.ts');
  const args = [script, '{port}', String(tokens), ...(gathered === undefined ? [] : [gathered])];
  const server = await spawnServer({ args, core: serverCore });
  const secrets = await readTokens(server);
  return { name: ['floor', gathered].filter(Boolean).join(', '), server, requests: secrets.map(exchangeRequest) };
}

/** Where what Keywright is compared with is installed. */
export const peersFolder = path.join(import.meta.dirname, '../peers');

/** Installs what Keywright is compared with, where it isn't there; it is no dependency of the product. */
export function installPeers(): void {
  const { dependencies }: { dependencies: object } = JSON.parse(
    readFileSync(path.join(peersFolder, 'package.json'), 'utf8'),
  );
  if (Object.keys(dependencies).every((name) => existsSync(path.join(peersFolder, 'node_modules', name)))) return;
  console.log('installing the peers (npm ci --prefix bench/peers)');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', peersFolder], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ci ended with ${status}`, { cause: error });
}

const peerRequests = {
  'oidc-provider': (token: string): Buffer => {
    const [client_id = '', client_secret = ''] = token.split(':');
    return writeRequest('POST', '/token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString(),
    });
  },
  'better-auth': (token: string): Buffer =>
    // Its limits are by the address that a proxy tells.
    writeRequest('GET', '/api/auth/token', { headers: { 'x-api-key': token, 'x-forwarded-for': '192.0.2.1' } }),
} as const;

/** Starts a peer with as many tokens of its kind, in a folder of its own below `folder`. */
export async function startPeer(
  name: keyof typeof peerRequests,
  options: { readonly folder: string; readonly tokens: number; readonly algorithm: SigningAlgorithm },
): Promise<Contestant> {
  const folder = path.join(options.folder, `${name}-${options.algorithm}`);
  mkdirSync(folder);
  const script = path.join(peersFolder, `${name}.js`);
  const server = await spawnServer({
    args: [script, '{port}', folder, String(options.tokens), options.algorithm],
    core: serverCore,
  });
  const tokens = await readTokens(server);
  return { name: `${name}, ${options.algorithm}`, server, requests: tokens.map(peerRequests[name]) };
}

async function readTokens(server: ChildServer): Promise<readonly string[]> {
  const line = await orStop(server, server.firstLine);
  return (JSON.parse(line) as { tokens: string[] }).tokens;
}

async function orStop<T>(server: ChildServer, work: Promise<T>): Promise<T> {
  try {
    // Where the server ends, its first line never comes, and what it said is thrown.
    return await Promise.race([work, server.firstLine.then(() => work)]);
  } catch (error) {
    await server.stop();
    throw error;
  }
}
