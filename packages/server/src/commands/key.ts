import { removeCompromisedKey, rotateSigningKey } from '../domain/key-rotation.ts';
import { exportSecrets, listSigningKeys, type SigningKeyInfo } from '../domain/signing-key.ts';
import { defineCommand, type Invocation, UsageError } from './command.ts';
import { formatMoment, isoMoment, isoMomentOrNull, print } from './print.ts';
import { formatTable } from './text-table.ts';
import { withService } from './with-service.ts';

/** `keywright key list`. */
export const keyList = defineCommand({
  name: 'key list',
  summary: 'List the signing keys and their states; never the keys themselves',
  details: [
    'A key is next until it signs, current while it signs, and retired while tokens it signed may still be valid. Keys for auth sign auth tokens; internal ones sign what only Keywright itself reads.',
  ],
  arguments: {},
  options: {},
  async run(invocation) {
    const keys = await withService(invocation, ({ service }) => listSigningKeys(service));
    printKeys(invocation, keys);
    return 0;
  },
});

function printKeys(invocation: Invocation, keys: readonly SigningKeyInfo[]): void {
  const result = keys.map((key) => ({
    kid: key.kid,
    purpose: key.purpose,
    algorithm: key.algorithm,
    state: key.state,
    created: isoMoment(key.createdAt),
    activated: isoMomentOrNull(key.activatedAt),
    retired: isoMomentOrNull(key.retiredAt),
  }));
  print(invocation, result, () =>
    formatTable(
      ['KID', 'PURPOSE', 'ALGORITHM', 'STATE', 'CREATED', 'ACTIVATED', 'RETIRED'],
      keys.map((key) => [
        key.kid,
        key.purpose,
        key.algorithm,
        key.state,
        formatMoment(key.createdAt),
        formatMoment(key.activatedAt),
        formatMoment(key.retiredAt),
      ]),
    ),
  );
}

/** `keywright key rotate`. */
export const keyRotate = defineCommand({
  name: 'key rotate',
  summary: 'Let the next key sign auth tokens, and retire the current one',
  details: [
    'The retired key goes on verifying until its last token has expired, so nobody is signed out. A running server signs with the new key within two seconds. With HS256, give the secrets to your resource servers again first: keywright key export.',
  ],
  arguments: {},
  options: {
    force: { meaning: 'Rotate although the next key is so new that verifiers may not know it yet' },
    compromised: {
      meaning:
        'Somebody may have the key: it is out at once, and every auth token from before with it. Sessions and application tokens stay',
    },
    kid: { value: 'KID', meaning: 'With --compromised: another key than the one that signs now' },
  },
  async run(invocation) {
    const { force = false, compromised, kid } = invocation.options;
    if (kid !== undefined && compromised !== true) throw new UsageError('--kid goes with --compromised');
    const keys = await withService(invocation, ({ service, actor }) =>
      compromised === true ? removeCompromisedKey(service, actor, kid) : rotateSigningKey(service, actor, { force }),
    );
    printKeys(invocation, keys);
    return 0;
  },
});

/** `keywright key export`. */
export const keyExport = defineCommand({
  name: 'key export',
  summary: 'Print the HS256 secrets of auth tokens as JWKs, as JSON',
  details: [
    'For resource servers that verify auth tokens with the shared secret. Whoever holds it can also make tokens: prefer ES256 or EdDSA (KEYWRIGHT_SIGNING_ALGORITHM), with which verifiers need public keys alone. Each export is an event.',
  ],
  examples: ['keywright key export > hs256-secrets.json'],
  arguments: {},
  options: {},
  async run(invocation) {
    const secrets = await withService(invocation, ({ service, actor }) => exportSecrets(service, actor));
    invocation.terminal.err(
      'These are secrets: whoever has one can make auth tokens for every user. Keep them as you keep passwords.\n',
    );
    invocation.terminal.out(`${JSON.stringify(secrets, undefined, 2)}\n`);
    return 0;
  },
});
