import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { audience, issuer, issueToken, jwkOf, testKeys, userClaims } from '../test/sign-token.ts';
import { createTestEnvironment } from '../test/test-environment.ts';
import { signingAlgorithms } from './signing-algorithm.ts';
import { createVerifier } from './verifier.ts';
import { VerifyError } from './verify-error.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const anyCharacter = fc.oneof(
  fc.constantFrom(...alphabet, '.', '=', '+', '/', ' ', '\n', '\0', '%'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);

type Mutation = (text: string, at: number, other: number, character: string) => string;

const cut = (text: string, from: number, to: number): string => text.slice(0, from) + text.slice(to);

const mutations: readonly Mutation[] = [
  (text, at, _other, character) => text.slice(0, at) + character + text.slice(at + 1),
  (text, at, _other, character) => text.slice(0, at) + character + text.slice(at),
  (text, at) => cut(text, at, at + 1),
  (text, at, other) => cut(text, Math.min(at, other), Math.max(at, other)),
  (text, at, other) => text.slice(0, Math.max(at, other)) + text.slice(Math.min(at, other)),
  (text, at, other) => {
    const characters = [...text];
    [characters[at], characters[other]] = [characters[other]!, characters[at]!];
    return characters.join('');
  },
  (text, at) =>
    text.slice(0, at) +
    (text[at]! === text[at]!.toLowerCase() ? text[at]!.toUpperCase() : text[at]!.toLowerCase()) +
    text.slice(at + 1),
  (text, at) => {
    const [first = '', ...others] = text.split('.');
    return (at % 2 === 0 ? [...others, first] : [...others.reverse(), first]).join('.');
  },
  (text, at) =>
    text
      .split('.')
      .map((part, index) => (index === at % 3 ? '' : part))
      .join('.'),
  (text, at) => [...text.split('.'), text.split('.')[at % 3]].join('.'),
  (text, at) =>
    text
      .split('.')
      .map((part, index) => (index === at % 3 ? `${part}=` : part))
      .join('.'),
];

/** A change of a text that is not empty. */
const anyMutation = fc.tuple(fc.constantFrom(...mutations), fc.nat(), fc.nat(), anyCharacter).map(
  ([mutate, at, other, character]) =>
    (text: string): string =>
      mutate(text, at % text.length, other % text.length, character),
);

for (const algorithm of signingAlgorithms) {
  test(`no mutation of a valid ${algorithm} token verifies, before and after the token itself is remembered (security D 53)`, async () => {
    const token = issueToken(testKeys[algorithm]);
    const keys = Object.values(testKeys).map(jwkOf);
    const options = { issuer, audience, keys, allowSharedSecret: true, environment: createTestEnvironment() };
    const verifiers = [createVerifier({ ...options, cache: false }), createVerifier(options), createVerifier(options)];
    await verifiers[2]!.verify(token);
    await fc.assert(
      fc.asyncProperty(fc.array(anyMutation, { minLength: 1, maxLength: 3 }), async (changes) => {
        const changed = changes.reduce((text, change) => (text === '' ? text : change(text)), token);
        for (const verifier of verifiers) {
          const claims = await verifier.verify(changed).catch((error: unknown) => error);
          if (changed === token) assert.deepEqual(claims, userClaims);
          else assert.ok(claims instanceof VerifyError, `${changed} gave ${claims}`);
        }
      }),
      { seed: 51, numRuns: algorithm === 'HS256' || algorithm === 'EdDSA' ? 1500 : 500 },
    );
  });
}
