import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '../../packages/client/src/index.ts';
import { startKeywright } from '../../packages/testing/src/index.ts';
import { runProgram } from './run-program.ts';

/** The programs in other languages that the documentation shows. */
export const languageExamples = path.resolve(import.meta.dirname, '../../examples/other-languages');

/** The machine's own environment, for those who fetch libraries by its settings. */
export const ownEnvironment = Object.fromEntries(
  Object.entries(process.env).map(([name, value]) => [name, value ?? '']),
);

/** Makes a folder for what is compiled, which goes with the process. */
export async function createScratch(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keywright-languages-'));
  return { path: folder, remove: () => rm(folder, { recursive: true }) };
}

/** Runs a program to its end; answers what it printed, and fails where it does. */
export async function runOrFail(
  program: string,
  given: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, out, err } = await runProgram(program, given, env);
  assert.equal(code, 0, `${program} ${given.join(' ')}: ${out}${err}`);
  return out;
}

async function tokenOf(applicationToken: string, baseUrl: string): Promise<string> {
  return createClient({ baseUrl, applicationToken }).authToken();
}

/** Has a program verify good tokens and bad ones, of a service that signs with the algorithm. */
export async function tryVerifier(
  algorithm: string,
  [program = '', ...given]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
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

/** What such a test says. */
export const verifierTitle = (library: string, algorithm: string): string =>
  `${library} verifies ${algorithm}, and refuses what is no token for it`;

/** Compiles one of the programs in Java; answers the command that runs it. */
export async function compileJava(
  javac: string,
  name: string,
  libraries: readonly string[],
  scratch: string,
): Promise<readonly string[]> {
  const classes = path.join(scratch, name);
  const classPath = libraries.join(path.delimiter);
  await runOrFail(javac, ['-cp', classPath, '-d', classes, path.join(languageExamples, `java/${name}.java`)], {});
  return [path.join(path.dirname(javac), 'java'), '-cp', `${classPath}${path.delimiter}${classes}`, name];
}
