import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { Log } from './domain/ports.ts';
import { describeSystemError } from './error-code.ts';

/** The files that a server speaks TLS with. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What is in the files, checked: a certificate with its chain, and the private key that belongs to it. */
export interface TlsCredentials {
  readonly cert: string;
  readonly key: string;
}

/** What takes new credentials while it serves: Node's `tls.Server`. */
export interface TlsServer {
  setSecureContext(credentials: TlsCredentials): void;
}

/** The TLS files of the configuration; undefined where it has none. */
export function tlsFilesOf(config: Pick<Config, 'tlsCert' | 'tlsKey'>): TlsFiles | undefined {
  if (config.tlsCert === undefined || config.tlsKey === undefined) return undefined;
  return { certFile: config.tlsCert, keyFile: config.tlsKey };
}

/**
 * Reads certificate and key and checks that they belong together and have not expired.
 *
 * @param now milliseconds since the Unix epoch
 * @throws ConfigError naming the setting
 */
export async function loadTlsCredentials(files: TlsFiles, now: number): Promise<TlsCredentials> {
  const cert = await readPem('KEYWRIGHT_TLS_CERT', files.certFile);
  const key = await readPem('KEYWRIGHT_TLS_KEY', files.keyFile);
  const certificate = parsePem(
    'KEYWRIGHT_TLS_CERT',
    files.certFile,
    'no certificate in PEM',
    () => new X509Certificate(cert),
  );
  const privateKey = parsePem('KEYWRIGHT_TLS_KEY', files.keyFile, 'no unencrypted private key in PEM', () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ConfigError(`KEYWRIGHT_TLS_KEY is "${files.keyFile}", which is not the private key of ${files.certFile}`);
  }
  if (certificate.validToDate.getTime() <= now) {
    throw new ConfigError(
      `KEYWRIGHT_TLS_CERT is "${files.certFile}", which expired at ${certificate.validToDate.toISOString()}`,
    );
  }
  // Says what the checks above don't know of, such as a key too short for OpenSSL's security level.
  parsePem('KEYWRIGHT_TLS_CERT', files.certFile, 'not accepted by OpenSSL', () => createSecureContext({ cert, key }));
  return { cert, key };
}

async function readPem(setting: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${setting} is "${file}", which can't be read (${describeSystemError(error)})`, {
      cause: error,
    });
  }
}

function parsePem<T>(setting: string, file: string, fault: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new ConfigError(`${setting} is "${file}", which is ${fault} (${describeSystemError(error)})`, {
      cause: error,
    });
  }
}

/** Keeps a server's credentials those of the files. */
export interface TlsReloader {
  /** Looks at the files once; resolves when new credentials are in use or have been refused. */
  check(): Promise<void>;
}

/**
 * Hands a server new credentials when the files have changed. Bad ones are logged, once, and the old ones go on.
 *
 * @param options `now` in milliseconds since the Unix epoch
 */
export async function createTlsReloader(
  server: TlsServer,
  options: { readonly files: TlsFiles; readonly log: Log; readonly now: () => number },
): Promise<TlsReloader> {
  const { files, log } = options;
  let loaded = await fingerprint(files);
  return {
    async check() {
      const found = await fingerprint(files);
      if (found === loaded) return;
      loaded = found;
      try {
        server.setSecureContext(await loadTlsCredentials(files, options.now()));
        log.info({ cert_file: files.certFile }, 'the TLS certificate was reloaded');
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.error({ reason }, 'the changed TLS files are not usable; the certificate before stays in use');
      }
    },
  };
}

/** Changes when one of the files does; a file that is missing counts as changed. */
async function fingerprint(files: TlsFiles): Promise<string> {
  const parts = [files.certFile, files.keyFile].map(async (file) => {
    try {
      const { mtimeMs, size, ino } = await stat(file);
      return `${mtimeMs} ${size} ${ino}`;
    } catch (error) {
      return describeSystemError(error);
    }
  });
  return (await Promise.all(parts)).join('; ');
}
