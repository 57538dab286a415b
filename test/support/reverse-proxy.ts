import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type DebianProgram, type ProvidedProgram, provideProgram } from './debian-package.ts';
import { createProcessFolder, type ProcessFolder } from './process-folder.ts';
import { type PythonProgram, providePythonProgram } from './python-package.ts';
import { waitUntil } from './wait-until.ts';

const root = resolve(import.meta.dirname, '../..');
const examples = join(root, 'examples');

/** Finds or installs a proxy: see {@link provideProgram} and {@link providePythonProgram}. */
export async function provideProxy(asked: DebianProgram | PythonProgram): Promise<ProvidedProgram> {
  if (process.platform === 'linux')
    return 'debianPackage' in asked ? provideProgram(asked) : providePythonProgram(asked);
  return { path: undefined, skip: `needs ${asked.program} and the loopback addresses of Linux` };
}

/** What docs/forward-auth.md shows in its block of a language, and the example has not. */
export function findMissingLines(example: string, language: string): string[] {
  const page = readFileSync(join(root, 'docs/forward-auth.md'), 'utf8');
  const [, block] = page.split(`\`\`\`${language}\n`);
  if (block === undefined) throw new Error(`the page has no block of ${language}`);
  const lines = new Set(
    readFileSync(join(examples, example), 'utf8')
      .split('\n')
      .map((line) => line.trim()),
  );
  const shown = block.split('```', 1)[0]?.split('\n') ?? [];
  return shown.filter((line) => !lines.has(line.trim()));
}

/** A reverse proxy in a process of its own, which ends with this one however that ends. */
export interface ReverseProxy {
  readonly url: string;
  /** What it wrote on standard error. */
  readonly written: { err: string };
  close(): Promise<void>;
}

/** Where the proxy listens, and what is behind it. */
export interface ProxyPlaces {
  /** The program, by its path. */
  readonly program: string;
  /** An address and a port: see {@link reserveAddress}. */
  readonly listen: string;
  /** The URL of Keywright. */
  readonly keywright: string;
  /** The URL of the API. */
  readonly api: string;
  /** Edits the configuration, for what the documentation says may be changed in it. */
  readonly change?: (config: string) => string;
}

/** An address and a port that nothing else on this machine uses, until a proxy that is started listens there. */
export async function reserveAddress(): Promise<string> {
  // Not the address that everything else is bound to, so that nobody takes the port in the meantime.
  const host = `127.${2 + (process.pid % 250)}.${(process.pid >> 8) & 0xff}.1`;
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `${host}:${port}`;
}

/** Starts nginx with the configuration that people paste, its three addresses replaced. */
export async function startNginx(places: ProxyPlaces): Promise<ReverseProxy> {
  const folder = await createProcessFolder();
  const addresses = ['server 127.0.0.1:8080;', 'server 127.0.0.1:9000;', 'listen 80;'] as const;
  const config = place('nginx/keywright.conf', places, addresses, (name, address) => `${name} ${address};`);
  writeFileSync(join(folder.path, 'keywright.conf'), config);
  const file = join(folder.path, 'nginx.conf');
  writeFileSync(file, nginxConfig(folder.path));
  // Before it has read its configuration it would write where only root may.
  return start(folder, places, ['-e', 'stderr', '-p', folder.path, '-c', file]);
}

/** One process, which can be ended for sure, and nothing outside of the folder. */
function nginxConfig(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
    access_log off;
${temporary.map((name) => `    ${name}_temp_path ${folder}/${name};`).join('\n')}
    include ${folder}/keywright.conf;
}
`;
}

/** Starts Caddy in the same way. */
export async function startCaddy(places: ProxyPlaces): Promise<ReverseProxy> {
  const folder = await createProcessFolder();
  const addresses = ['127.0.0.1:8080', '127.0.0.1:9000', 'example.com {'] as const;
  const config = place('caddy/Caddyfile', places, addresses, (name, address) =>
    name === 'example.com' ? `http://${address} {` : address,
  );
  const file = join(folder.path, 'Caddyfile');
  // Neither its own port for orders, nor certificates.
  writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n}\n${config}`);
  return start(folder, places, ['run', '--adapter', 'caddyfile', '--config', file]);
}

/** Starts Envoy in the same way. */
export async function startEnvoy(places: ProxyPlaces): Promise<ReverseProxy> {
  const folder = await createProcessFolder();
  const named = ['127.0.0.1, port_value: 8080', '127.0.0.1, port_value: 9000', '0.0.0.0, port_value: 80 '] as const;
  const config = place('envoy/envoy.yaml', places, named, (_, address) => `${address.replace(':', ', port_value: ')} `);
  const file = join(folder.path, 'envoy.yaml');
  writeFileSync(file, config);
  return start(folder, places, ['--disable-hot-restart', '--concurrency', '1', '--log-level', 'warn', '-c', file]);
}

/** An example's configuration with what stands for Keywright, the API and the proxy itself replaced. */
function place(
  example: string,
  { keywright, api, listen, change = (config) => config }: ProxyPlaces,
  [forKeywright, forApi, forListen]: readonly [string, string, string],
  write: (name: string, address: string) => string,
): string {
  const replacements = [
    [forKeywright, new URL(keywright).host],
    [forApi, new URL(api).host],
    [forListen, listen],
  ] as const;
  const config = replacements.reduce(
    (text, [name, address]) => {
      if (!text.includes(name)) throw new Error(`${example} has no ${name}`);
      return text.replaceAll(name, write(name.split(' ', 1)[0] ?? '', address));
    },
    readFileSync(join(examples, example), 'utf8'),
  );
  return change(config);
}

async function start(
  folder: ProcessFolder,
  { program, listen }: ProxyPlaces,
  args: readonly string[],
): Promise<ReverseProxy> {
  const env = { HOME: folder.path, XDG_DATA_HOME: folder.path, XDG_CONFIG_HOME: folder.path };
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  folder.watch(child);
  const written = { err: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.err += text;
  });
  const [host = '', port = ''] = listen.split(':');
  await waitUntil(`${program} listens`, 30, () => {
    if (child.exitCode !== null) throw new Error(`${program} has ended: ${written.err}`);
    return isListening(host, Number(port));
  });
  return { url: `http://${listen}`, written, close: () => folder.remove() };
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, host);
    socket.once('connect', () => {
      socket.end();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
