import { constants, cp, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findProgram, isAccessible, provideProgram, thisMachine } from '../support/debian-package.ts';
import {
  compileJava,
  createScratch,
  languageExamples,
  ownEnvironment,
  runOrFail,
  tryVerifier,
  verifierTitle,
} from '../support/verifying-program.ts';

const scratch = await createScratch();
after(() => scratch.remove());

describe('in Java, with Maven’s', async () => {
  const jdk = await provideProgram({ program: 'javac', debianPackage: 'default-jdk-headless' });
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
    if (!isFetched)
      await runOrFail(maven.path ?? '', ['-B', '-q', 'dependency:get', `-Dartifact=${artifact}`], ownEnvironment);
    command = await compileJava(jdk.path ?? '', 'Verify', [jar], scratch.path);
  });
  for (const algorithm of ['ES256', 'HS256']) {
    test(verifierTitle('Nimbus', algorithm), { skip }, () => tryVerifier(algorithm, command));
  }
});

describe('in Go', async () => {
  const go = await findProgram('go', thisMachine());
  const [, wanted = ''] = /^go (\S+)$/m.exec(await readFile(path.join(languageExamples, 'go/go.mod'), 'utf8')) ?? [];
  const has = go === undefined ? '' : await runOrFail(go, ['env', 'GOVERSION'], ownEnvironment);
  const isNewEnough = has !== '' && has.replace('go', '').localeCompare(wanted, 'en', { numeric: true }) >= 0;
  const skip = isNewEnough ? false : `needs Go ${wanted} or later, which Debian has not: there is ${has || 'none'}`;
  const folder = path.join(scratch.path, 'go');
  before(async () => {
    if (go === undefined || !isNewEnough) return;
    await cp(path.join(languageExamples, 'go'), folder, { recursive: true });
    await runOrFail(go, ['build', '-C', folder, '-o', 'verify', '.'], { ...ownEnvironment, GOTOOLCHAIN: 'local' });
  });
  for (const algorithm of ['ES256', 'EdDSA', 'HS256']) {
    test(verifierTitle('golang-jwt', algorithm), { skip }, () => tryVerifier(algorithm, [path.join(folder, 'verify')]));
  }
});

describe('in PHP', async () => {
  const { KEYWRIGHT_TEST_PHP_JWT: autoload } = process.env;
  const php = await provideProgram({ program: 'php', debianPackage: 'php-cli' });
  const missing =
    'needs firebase/php-jwt, which Debian has not: composer require firebase/php-jwt, and KEYWRIGHT_TEST_PHP_JWT=…/vendor/autoload.php';
  const skip = autoload === undefined ? missing : php.skip;
  test(verifierTitle('firebase/php-jwt', 'ES256, EdDSA and HS256'), { skip }, async () => {
    const command = [php.path ?? '', path.join(languageExamples, 'php/verify.php')];
    for (const algorithm of ['ES256', 'EdDSA', 'HS256'])
      await tryVerifier(algorithm, command, { AUTOLOAD: autoload ?? '' });
  });
});
