import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { connect } from 'node:tls';
import { ConfigError } from './config-error.ts';
import { createTlsReloader, loadTlsCredentials, tlsFilesOf } from './tls.ts';

let folder: string;
const now = () => Date.now();
const file = (name: string): string => path.join(folder, name);
const files = () => ({ certFile: file('cert.pem'), keyFile: file('key.pem') });

function makePair(name: string, days = '30'): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file(`${name}-key.pem`)];
  const args = ['req', '-x509', ...key, '-out', file(`${name}-cert.pem`), '-days', days, '-subj', '/CN=localhost'];
  execFileSync('openssl', args, { stdio: 'ignore' });
}

function use(name: string): void {
  copyFileSync(file(`${name}-cert.pem`), file('cert.pem'));
  copyFileSync(file(`${name}-key.pem`), file('key.pem'));
}

const serialOf = (name: string): string => new X509Certificate(readFileSync(file(`${name}-cert.pem`))).serialNumber;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keywright-tls-'));
  makePair('first');
  makePair('second');
});
after(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => use('first'));

async function refused(pattern: RegExp, at = Date.now()): Promise<void> {
  await assert.rejects(loadTlsCredentials(files(), at), (error) => {
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, pattern);
    assert.equal(error.message.includes('\n'), false);
    assert.equal(error.message.includes('PRIVATE'), false);
    return true;
  });
}

test('a certificate and its key are taken', async () => {
  const { cert, key } = await loadTlsCredentials(files(), Date.now());
  assert.equal(cert, readFileSync(file('cert.pem'), 'utf8'));
  assert.equal(key, readFileSync(file('key.pem'), 'utf8'));
});

test('without TLS settings there are no files', () => {
  assert.equal(tlsFilesOf({ tlsCert: undefined, tlsKey: undefined }), undefined);
  assert.deepEqual(tlsFilesOf({ tlsCert: '/c', tlsKey: '/k' }), { certFile: '/c', keyFile: '/k' });
});

test('each way in which the files are wrong is one line that names the setting', async () => {
  copyFileSync(file('second-key.pem'), file('key.pem'));
  await refused(/^KEYWRIGHT_TLS_KEY is ".*", which is not the private key of .*cert\.pem$/);
  writeFileSync(file('key.pem'), 'nonsense');
  await refused(/^KEYWRIGHT_TLS_KEY is ".*", which is no unencrypted private key in PEM/);
  rmSync(file('key.pem'));
  await refused(/^KEYWRIGHT_TLS_KEY is ".*", which can't be read \(ENOENT/);
  use('first');
  writeFileSync(file('cert.pem'), 'nonsense');
  await refused(/^KEYWRIGHT_TLS_CERT is ".*", which is no certificate in PEM/);
});

test('a certificate that has expired is refused', async () => {
  const inTwoMonths = Date.now() + 60 * 24 * 60 * 60 * 1000;
  await refused(/^KEYWRIGHT_TLS_CERT is ".*", which expired at \d{4}-/, inTwoMonths);
});

/** The serial number of the certificate that a server shows to a new connection. */
function shownSerial(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('changed files are served without a restart, and bad ones leave the certificate before in use', async () => {
  const server = createServer(await loadTlsCredentials(files(), Date.now()));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const logged: string[] = [];
    const note = (level: string) => (_: object, message: string) => void logged.push(`${level}: ${message}`);
    const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
    const reloader = await createTlsReloader(server, { files: files(), log, now });

    await reloader.check();
    assert.equal(await shownSerial(port), serialOf('first'));
    assert.deepEqual(logged, [], 'unchanged files are left alone');

    copyFileSync(file('second-cert.pem'), file('cert.pem'));
    await reloader.check();
    await reloader.check();
    assert.equal(await shownSerial(port), serialOf('first'), 'half of a new pair changes nothing');
    assert.equal(logged.length, 1, 'a failure is logged once');
    assert.match(logged[0] ?? '', /^error: the changed TLS files are not usable/);

    copyFileSync(file('second-key.pem'), file('key.pem'));
    await reloader.check();
    assert.equal(await shownSerial(port), serialOf('second'));
    assert.match(logged[1] ?? '', /^info: the TLS certificate was reloaded/);

    rmSync(file('key.pem'));
    await reloader.check();
    assert.equal(await shownSerial(port), serialOf('second'), 'a missing file changes nothing');
    assert.match(logged[2] ?? '', /^error/);
  } finally {
    server.close();
  }
});
