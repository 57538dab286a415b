import assert from 'node:assert/strict';
import { constants, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createClient } from '../../packages/client/src/index.ts';
import { startKeywright } from '../../packages/testing/src/index.ts';
import { findProgram, isAccessible, provideLibrary, provideProgram, thisMachine } from '../support/debian-package.ts';
import { runProgram } from '../support/run-program.ts';

const examples = path.resolve(import.meta.dirname, '../../examples/other-languages');

/** Where programs are compiled. */
const scratch = await mkdtemp(path.join(tmpdir(), 'keywright-languages-'));
after(() => rm(scratch, { recursive: true }));

/** The machine's own environment, for those who fetch libraries by its settings. */
const own = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));

async function runOrFail(program: string, given: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, out, err } = await runProgram(program, given, env);
  assert.equal(code, 0, `${program} ${given.join(' ')}: ${out}${err}`);
  return out;
}

async function tokenOf(applicationToken: string, baseUrl: string): Promise<string> {
  return createClient({ baseUrl, applicationToken }).authToken();
}

/** Has a program verify good tokens and bad ones, of a service that signs with the algorithm. */
async function tryVerifier(algorithm: string, [program = '', ...given]: readonly string[], env = {}): Promise<void> {
  await using signing = await startKeywright({ settings: { KEYWRIGHT_SIGNING_ALGORITHM: algorithm } });
  await using other = await startKeywright({ settings: { KEYWRIGHT_SIGNING_ALGORITHM: algorithm } });
  const made = await signing.createApplicationToken();
  const good = await tokenOf(made.applicationToken, signing.baseUrl);
  const foreign = await tokenOf((await other.createApplicationToken()).applicationToken, other.baseUrl);
  const keys = (await signing.keys()) as readonly { readonly kid: string; readonly k?: string }[];
  const [secret] = keys.flatMap(({ k }) => k ?? []);
  const ofService = { KEYWRIGHT_URL: signing.baseUrl, ...(secret === undefined ? {} : { KEYWRIGHT_HS256_K: secret }) };
  const verify = (token: string, more: Readonly<Record<string, string>> = {}) =>
    runProgram(program, given, { ...env, ...ofService, ...more }, token);
  assert.deepEqual(await verify(good), { code: 0, out: `application_token:${made.id}`, err: '' });
  const [header = '', payload = '', signature = ''] = good.split('.');
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), roles: ['SuperAdmin'] };
  const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
  for (const token of [foreign, `${header}.${forged}.${signature}`, none, 'no token']) {
    const { code, out, err } = await verify(token);
    assert.deepEqual([code, out, err.startsWith('refused: ')], [1, '', true], err);
  }
  const elsewhere = await verify(good, { KEYWRIGHT_AUDIENCE: 'https://api.example.com' });
  assert.deepEqual([elsewhere.code, elsewhere.out], [1, '']);
}

const title = (library: string, algorithm: string): string =>
  `${library} verifies ${algorithm}, and refuses what is no token for it`;

describe('in Python', async () => {
  const folder = '/usr/lib/python3/dist-packages';
  const pyjwt = await provideLibrary({ file: `${folder}/jwt/__init__.py`, debianPackage: 'python3-jwt' });
  const cryptography = await provideLibrary({
    file: `${folder}/cryptography/__init__.py`,
    debianPackage: 'python3-cryptography',
  });
  const skip = pyjwt.skip || cryptography.skip;
  for (const algorithm of ['ES256', 'EdDSA', 'HS256']) {
    test(title('PyJWT', algorithm), { skip }, () =>
      tryVerifier(algorithm, ['/usr/bin/python3', path.join(examples, 'python/verify.py')]),
    );
  }
});

/** Compiles one of the programs in Java; answers the command that runs it. */
async function compileJava(javac: string, name: string, libraries: readonly string[]): Promise<readonly string[]> {
  const classes = path.join(scratch, name);
  const classPath = libraries.join(path.delimiter);
  await runOrFail(javac, ['-cp', classPath, '-d', classes, path.join(examples, `java/${name}.java`)], {});
  return [path.join(path.dirname(javac), 'java'), '-cp', `${classPath}${path.delimiter}${classes}`, name];
}

describe('in Java', async () => {
  const jdk = await provideProgram({ program: 'javac', debianPackage: 'default-jdk-headless' });
  const { path: javac = '' } = jdk;

  describe('with Debian’s package', async () => {
    const folder = '/usr/share/java';
    const google = await provideLibrary({
      file: `${folder}/google-http-client-gson.jar`,
      debianPackage: 'libgoogle-http-client-java',
    });
    const jars = ['google-http-client', 'google-http-client-gson', 'gson', 'guava'];
    test(title('Google’s HTTP client', 'ES256'), { skip: jdk.skip || google.skip }, async () => {
      const libraries = jars.map((jar) => `${folder}/${jar}.jar`);
      await tryVerifier('ES256', await compileJava(javac, 'VerifyWithDebian', libraries));
    });
  });

  describe('with Maven’s', async () => {
    const version = '10.10';
    const artifact = `com.nimbusds:nimbus-jose-jwt:${version}`;
    const jar = path.join(
      homedir(),
      `.m2/repository/com/nimbusds/nimbus-jose-jwt/${version}/nimbus-jose-jwt-${version}.jar`,
    );
    const maven = await provideProgram({ program: 'mvn', debianPackage: 'maven' });
    const skip = jdk.skip || maven.skip;
    let command: readonly string[];
    before(async () => {
      if (skip !== false) return;
      const isFetched = await isAccessible(jar, constants.R_OK);
      if (!isFetched) await runOrFail(maven.path ?? '', ['-B', '-q', 'dependency:get', `-Dartifact=${artifact}`], own);
      command = await compileJava(javac, 'Verify', [jar]);
    });
    for (const algorithm of ['ES256', 'HS256']) {
      test(title('Nimbus', algorithm), { skip }, () => tryVerifier(algorithm, command));
    }
  });
});

describe('in Go', async () => {
  const go = await findProgram('go', thisMachine());
  const [, wanted = ''] = /^go (\S+)$/m.exec(await readFile(path.join(examples, 'go/go.mod'), 'utf8')) ?? [];
  const has = go === undefined ? '' : await runOrFail(go, ['env', 'GOVERSION'], own);
  const isNewEnough = has !== '' && has.replace('go', '').localeCompare(wanted, 'en', { numeric: true }) >= 0;
  const skip = isNewEnough ? false : `needs Go ${wanted} or later, which Debian has not: there is ${has || 'none'}`;
  const folder = path.join(scratch, 'go');
  before(async () => {
    if (go === undefined || !isNewEnough) return;
    await cp(path.join(examples, 'go'), folder, { recursive: true });
    await runOrFail(go, ['build', '-C', folder, '-o', 'verify', '.'], { ...own, GOTOOLCHAIN: 'local' });
  });
  for (const algorithm of ['ES256', 'EdDSA', 'HS256']) {
    test(title('golang-jwt', algorithm), { skip }, () => tryVerifier(algorithm, [path.join(folder, 'verify')]));
  }
});

describe('in PHP', async () => {
  const { KEYWRIGHT_TEST_PHP_JWT: autoload } = process.env;
  const php = await provideProgram({ program: 'php', debianPackage: 'php-cli' });
  const missing =
    'needs firebase/php-jwt, which Debian has not: composer require firebase/php-jwt, and KEYWRIGHT_TEST_PHP_JWT=…/vendor/autoload.php';
  const skip = autoload === undefined ? missing : php.skip;
  test(title('firebase/php-jwt', 'ES256, EdDSA and HS256'), { skip }, async () => {
    const command = [php.path ?? '', path.join(examples, 'php/verify.php')];
    for (const algorithm of ['ES256', 'EdDSA', 'HS256']) await tryVerifier(algorithm, command, { AUTOLOAD: autoload });
  });
});
