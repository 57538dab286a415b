import assert from 'node:assert/strict';
import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { encodePart, headerOf, secretKey, signatureOf, signToken, type TestKey, testKeys } from '../test/sign-token.ts';
import { verifyJws } from './jws.ts';
import { signingAlgorithms } from './signing-algorithm.ts';
import { VerifyError, type VerifyErrorCode } from './verify-error.ts';
import { type VerifyingKey, verifyingKey } from './verifying-key.ts';

const secret = testKeys.HS256;
const allKeys = signingAlgorithms.map((algorithm) => testKeys[algorithm].verifying);
const publicAlgorithms = ['EdDSA', 'ES256', 'RS256'] as const;
const claims = { iss: 'https://auth.example.com', sub: 'user:42', exp: 1_700_014_400 };

function forge(key: TestKey, header: string | object, payload: string | object = claims): string {
  return signToken(key, header, payload);
}

function verifyAny(token: string, keys: readonly VerifyingKey[] = allKeys): Record<string, unknown> {
  return verifyJws(token, keys, { typ: 'JWT' }).payload;
}

function refuses(
  code: VerifyErrorCode,
  token: string,
  keys: readonly VerifyingKey[] = allKeys,
  message?: string,
): void {
  assert.throws(
    () => verifyAny(token, keys),
    (error) => error instanceof VerifyError && error.code === code && error.name === 'VerifyError',
    message,
  );
}

test('a token of any of the algorithms is read to its header, its claims and its key', () => {
  for (const algorithm of signingAlgorithms) {
    const verified = verifyJws(forge(testKeys[algorithm], headerOf(testKeys[algorithm], { typ: 'at+jwt' })), allKeys, {
      typ: 'at+jwt',
    });
    assert.deepEqual(verified.payload, claims);
    assert.deepEqual(verified.header, { alg: algorithm, typ: 'at+jwt', kid: `kid-${algorithm}` });
    assert.equal(verified.key.kid, `kid-${algorithm}`);
  }
});

test('alg none, in any case, with and without a signature, is refused (security D 42)', () => {
  for (const alg of ['none', 'None', 'NONE', 'nOnE', ' none', 'none ', 'none\0']) {
    const unsigned = `${encodePart({ alg, typ: 'JWT' })}.${encodePart(claims)}.`;
    refuses('malformed', unsigned);
    refuses('unsupported_algorithm', `${unsigned}AA`);
    refuses('unsupported_algorithm', forge(secret, { alg, typ: 'JWT' }));
  }
});

test('an algorithm in another case, missing, not a text, or not ours is refused (security D 42)', () => {
  for (const alg of ['hs256', 'Hs256', 'HS256 ', 'eddsa', 'EDDSA', 'HS512', 'ES384', 'PS256', 'RS1', '', 'toString']) {
    refuses('unsupported_algorithm', forge(secret, { alg, typ: 'JWT' }), allKeys, alg);
  }
  for (const alg of [null, 1, true, ['HS256'], { HS256: 1 }]) {
    refuses('malformed', forge(secret, { alg, typ: 'JWT' }), allKeys, JSON.stringify(alg));
  }
  refuses('malformed', forge(secret, { typ: 'JWT' }));
  refuses('malformed', forge(secret, { __proto__: null, typ: 'JWT', constructor: { alg: 'HS256' } }));
});

/** The ways in which a public key may be turned into the bytes of a secret. */
function spellingsOf(key: KeyObject): Record<string, string | Buffer> {
  const pem = key.export({ format: 'pem', type: 'spki' }).toString();
  const der = key.export({ format: 'der', type: 'spki' });
  const jwk = key.export({ format: 'jwk' });
  return {
    PEM: pem,
    'PEM without its last line break': pem.trimEnd(),
    'PEM with white space in front': ` \n\t${pem}`,
    'PEM with a byte in front': `x${pem}`,
    'PEM with a byte order mark': `\uFEFF${pem}`,
    'PEM with CRLF': pem.replaceAll('\n', '\r\n'),
    'PEM in one line': pem.replaceAll('\n', ''),
    'PEM twice': pem + pem,
    DER: der,
    'DER as Base64': der.toString('base64'),
    'DER as Base64url': der.toString('base64url'),
    'DER in hexadecimal': der.toString('hex'),
    'PEM as Base64': Buffer.from(pem).toString('base64'),
    'JWK as JSON': JSON.stringify(jwk),
    'JWK as JSON, indented': JSON.stringify(jwk, null, 2),
    'JWK as Base64url': encodePart(jwk),
    'the first coordinate or the modulus': Buffer.from(jwk.x ?? jwk.n ?? '', 'base64url'),
    'the first coordinate or the modulus, encoded': jwk.x ?? jwk.n ?? '',
  };
}

test('an HS256 token signed with any spelling of a public key is refused (security D 43)', () => {
  for (const algorithm of publicAlgorithms) {
    const { key, kid } = testKeys[algorithm].verifying;
    for (const [spelling, bytes] of Object.entries(spellingsOf(key))) {
      const confused = secretKey(kid, bytes);
      const message = `${algorithm}: ${spelling}`;
      for (const header of [
        { alg: 'HS256', typ: 'JWT' },
        { alg: 'HS256', typ: 'JWT', kid },
      ]) {
        const token = forge(confused, header);
        assert.deepEqual(verifyAny(token, [confused.verifying]), claims, message);
        const publicKeys = allKeys.filter((other) => other.algorithm !== 'HS256');
        refuses('unknown_key', token, publicKeys, message);
        refuses('kid' in header ? 'unknown_key' : 'bad_signature', token, allKeys, message);
      }
    }
  }
});

test('a token that claims another algorithm than its key’s is refused, for every pair (security D 43)', () => {
  for (const owner of signingAlgorithms) {
    for (const alg of signingAlgorithms.filter((other) => other !== owner)) {
      const token = forge(testKeys[owner], { alg, typ: 'JWT', kid: `kid-${owner}` });
      refuses('unknown_key', token, allKeys, `${owner} as ${alg}`);
      refuses('bad_signature', forge(testKeys[owner], { alg, typ: 'JWT' }), allKeys, `${owner} as ${alg}`);
      refuses('unknown_key', forge(testKeys[owner], { alg, typ: 'JWT' }), [testKeys[owner].verifying]);
    }
  }
});

test('jku, x5u, jwk and x5c are ignored, and nothing is fetched (security D 44)', (context) => {
  const fetched = context.mock.method(globalThis, 'fetch', () => Promise.reject(new Error('fetched')));
  const attacker = secretKey('kid-HS256', Buffer.alloc(32, 9));
  const extras = {
    jku: 'https://attacker.example/jwks.json',
    x5u: 'https://attacker.example/cert.pem',
    jwk: { kty: 'oct', k: Buffer.alloc(32, 9).toString('base64url'), alg: 'HS256', kid: 'kid-HS256' },
    x5c: ['MIIB'],
    x5t: 'AAAA',
  };
  for (const [name, value] of Object.entries(extras)) {
    const header = { alg: 'HS256', typ: 'JWT', kid: 'kid-HS256', [name]: value };
    const genuine = verifyJws(forge(secret, header), allKeys, { typ: 'JWT' });
    assert.deepEqual(genuine.payload, claims, name);
    assert.deepEqual(Object.keys(genuine.header), ['alg', 'kid', 'typ'], name);
    refuses('bad_signature', forge(attacker, header), allKeys, name);
  }
  assert.equal(fetched.mock.callCount(), 0);
});

test('crit, known or unknown, in any form, and b64 are refused though the signature is genuine (security D 45)', () => {
  for (const crit of [['x'], ['exp'], ['b64'], ['alg'], [], 'x', null, false, 0, {}]) {
    refuses('critical_header', forge(secret, { alg: 'HS256', typ: 'JWT', crit, x: 1 }), allKeys, JSON.stringify(crit));
  }
  for (const b64 of [false, true, null, 'false']) {
    refuses('critical_header', forge(secret, { alg: 'HS256', typ: 'JWT', b64 }), allKeys, JSON.stringify(b64));
  }
  refuses('critical_header', forge(secret, '{"alg":"HS256","typ":"JWT","\\u0063rit":["x"]}'));
});

test('a kid that is a path, SQL or a prototype’s member finds no key (security D 50)', () => {
  const kids = ['../../dev/null', "x' OR '1'='1", '__proto__', 'constructor', 'toString', 'kid-HS256\0', '', '*', '0'];
  for (const kid of kids) refuses('unknown_key', forge(secret, { alg: 'HS256', typ: 'JWT', kid }), allKeys, kid);
  for (const kid of [null, 0, ['kid-HS256'], { toString: 'kid-HS256' }]) {
    refuses('malformed', forge(secret, { alg: 'HS256', typ: 'JWT', kid }), allKeys, JSON.stringify(kid));
  }
});

test('a token with a kid is verified with that key alone', () => {
  const other = secretKey('other', Buffer.alloc(32, 5));
  const keys = [secret, other].map(({ verifying }) => verifying);
  assert.deepEqual(verifyAny(forge(other, { alg: 'HS256', typ: 'JWT', kid: 'other' }), keys), claims);
  refuses('bad_signature', forge(other, { alg: 'HS256', typ: 'JWT', kid: 'kid-HS256' }), keys);
});

test('a token without a kid is tried with every live secret, and with none that is gone', () => {
  const secrets = [1, 2, 3].map((fill) => secretKey(`secret-${fill}`, Buffer.alloc(32, fill)));
  for (const key of secrets) {
    const token = forge(key, headerOf(key, { withKid: false }));
    assert.equal(
      verifyJws(
        token,
        secrets.map(({ verifying }) => verifying),
        { typ: 'JWT' },
      ).key.kid,
      key.kid,
    );
    refuses(
      'bad_signature',
      token,
      secrets.filter((other) => other !== key).map(({ verifying }) => verifying),
    );
    refuses('unknown_key', token, []);
  }
});

test('an ES256 signature of zeros, whole or half, is refused (security D 52)', () => {
  const token = forge(testKeys.ES256, headerOf(testKeys.ES256));
  const input = token.slice(0, token.lastIndexOf('.'));
  const genuine = Buffer.from(token.slice(input.length + 1), 'base64url');
  const zero = Buffer.alloc(32);
  const one = Buffer.concat([Buffer.alloc(31), Buffer.of(1)]);
  const [r, s] = [genuine.subarray(0, 32), genuine.subarray(32)];
  for (const parts of [
    [zero, zero],
    [r, zero],
    [zero, s],
    [one, zero],
    [zero, one],
    [one, one],
    [s, r],
  ]) {
    refuses('bad_signature', `${input}.${Buffer.concat(parts).toString('base64url')}`);
  }
});

test('an ES256 signature of any other length, or in DER, is refused', () => {
  const token = forge(testKeys.ES256, headerOf(testKeys.ES256));
  const input = token.slice(0, token.lastIndexOf('.'));
  const genuine = Buffer.from(token.slice(input.length + 1), 'base64url');
  const der = sign('sha256', Buffer.from(input), testKeys.ES256.privateKey);
  const wrong = [
    der,
    genuine.subarray(0, 63),
    Buffer.concat([genuine, Buffer.of(0)]),
    Buffer.concat([Buffer.of(0), genuine]),
  ];
  for (const bytes of wrong) refuses('bad_signature', `${input}.${bytes.toString('base64url')}`);
});

test('every changed bit of a signature is refused (security D 53)', () => {
  for (const algorithm of signingAlgorithms) {
    const token = forge(testKeys[algorithm], headerOf(testKeys[algorithm]));
    const input = token.slice(0, token.lastIndexOf('.'));
    const signature = Buffer.from(token.slice(input.length + 1), 'base64url');
    for (let bit = 0; bit < signature.length * 8; bit += algorithm === 'RS256' ? 61 : 1) {
      const changed = Buffer.from(signature);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      refuses('bad_signature', `${input}.${changed.toString('base64url')}`, allKeys, `${algorithm}, bit ${bit}`);
    }
  }
});

test('any other spelling of a part’s bytes is refused, even where it is what was signed (security D 53)', () => {
  const respell: Record<string, (part: string) => string> = {
    padding: (part) => part + '='.repeat(part.length % 4 === 0 ? 4 : 4 - (part.length % 4)),
    'a line break': (part) => `${part}\n`,
    'a space': (part) => ` ${part}`,
    'a foreign character': (part) => `${part}*`,
  };
  const header = encodePart('{"alg":"HS256","typ":"JWT"}');
  const payload = encodePart(claims);
  const signed = (input: string): string => `${input}.${signatureOf(secret, input)}`;
  assert.deepEqual(verifyAny(signed(`${header}.${payload}`)), claims);
  for (const [how, spell] of Object.entries(respell)) {
    refuses('malformed', signed(`${spell(header)}.${payload}`), allKeys, how);
    refuses('malformed', signed(`${header}.${spell(payload)}`), allKeys, how);
    refuses(
      'bad_signature',
      `${header}.${payload}.${spell(signatureOf(secret, `${header}.${payload}`))}`,
      allKeys,
      how,
    );
  }
});

test('a signature whose left-over bits are set is refused, for every algorithm (security D 53)', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (const algorithm of signingAlgorithms) {
    const token = forge(testKeys[algorithm], headerOf(testKeys[algorithm]));
    for (const last of [...alphabet].filter((char) => char !== token.at(-1))) {
      refuses('bad_signature', token.slice(0, -1) + last, allKeys, `${algorithm}, ${last}`);
    }
  }
});

test('duplicate names in header or payload are refused though the signature is genuine (security D 54)', () => {
  const header = { alg: 'HS256', typ: 'JWT' };
  refuses('malformed', forge(secret, '{"alg":"HS256","typ":"JWT","alg":"HS256"}'));
  refuses('malformed', forge(secret, '{"alg":"none","typ":"JWT","\\u0061lg":"HS256"}'));
  refuses('malformed', forge(secret, '{"alg":"HS256","typ":"JWT","kid":"kid-HS256","\\u006bid":"kid-HS256"}'));
  refuses('malformed', forge(secret, header, '{"sub":"user:42","sub":"user:1"}'));
  refuses('malformed', forge(secret, header, '{"sub":"user:42","s\\u0075b":"user:1"}'));
  refuses('malformed', forge(secret, header, '{"org":{"id":1,"id":2}}'));
});

test('a token that is too long, or no text, is refused unread', () => {
  const sized = (length: number): string => {
    const empty = forge(secret, { alg: 'HS256', typ: 'JWT' }, { pad: '' }).length;
    return forge(secret, { alg: 'HS256', typ: 'JWT' }, { pad: 'x'.repeat(Math.floor(((length - empty) * 3) / 4)) });
  };
  const fits = sized(8190);
  assert.ok(fits.length > 8180 && fits.length <= 8192);
  assert.equal(typeof verifyAny(fits)['pad'], 'string');
  const tooLong = sized(8200);
  assert.ok(tooLong.length > 8192);
  refuses('malformed', tooLong);
  for (const token of [undefined, null, 7, {}, ['a.b.c'], Buffer.from(fits)]) refuses('malformed', token as string);
});

test('ninety thousand dots, and five parts, are refused before anything is decoded', () => {
  refuses('malformed', '.'.repeat(90_000));
  refuses('malformed', '.'.repeat(8000));
  refuses('malformed', 'a.'.repeat(4000));
  const none = encodePart('{"alg":"none","crit":["x"]}');
  for (const token of [
    `${none}.a.a.a.a`,
    `${none}....`,
    `${none}..a`,
    `${none}.a.`,
    `.${none}.a`,
    none,
    `${none}.a`,
    '',
    '..',
  ]) {
    refuses('malformed', token);
  }
});

test('a header or payload that is not a JSON object in UTF-8 is refused though the signature is genuine', () => {
  for (const text of [
    'null',
    '[]',
    '"HS256"',
    '1',
    '',
    '{',
    '{"alg":"HS256","typ":"JWT",}',
    "{'alg':'HS256'}",
    '\uFEFF{}',
  ]) {
    if (text !== '') refuses('malformed', forge(secret, text), allKeys, text);
    refuses('malformed', forge(secret, { alg: 'HS256', typ: 'JWT' }, text), allKeys, text);
  }
  const input = `${encodePart('{"alg":"HS256","typ":"JWT"}')}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}`;
  refuses('malformed', `${input}.${signatureOf(secret, input)}`);
});

test('the type is compared as a media type, and one that is missing or another is refused', () => {
  const typed = (typ: unknown): string => forge(secret, { alg: 'HS256', typ });
  for (const typ of ['JWT', 'jwt', 'Jwt', 'application/jwt', 'Application/JWT']) {
    assert.deepEqual(verifyAny(typed(typ)), claims, typ);
  }
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt']) {
    assert.deepEqual(verifyJws(typed(typ), allKeys, { typ: ['JWT', 'at+jwt'] }).payload, claims, typ);
    refuses('wrong_type', typed(typ));
  }
  for (const typ of ['', 'JWS', ' JWT', 'text/jwt', 'application/application/jwt', 'application/', '/jwt', undefined]) {
    refuses('wrong_type', typed(typ), allKeys, typ);
  }
  for (const typ of [null, 1, ['JWT']]) refuses('malformed', typed(typ));
  assert.throws(() => verifyJws(typed('JWT'), allKeys, { typ: 'at+jwt' }), VerifyError);
  assert.throws(() => verifyJws(typed('JWT'), allKeys, { typ: [] }), VerifyError);
});

test('a claim called __proto__ is read as a claim, and pollutes nothing', () => {
  const payload = verifyAny(
    forge(secret, { alg: 'HS256', typ: 'JWT' }, '{"__proto__":{"roles":["Administrator"]},"sub":"user:42"}'),
  );
  assert.deepEqual(Object.keys(payload), ['__proto__', 'sub']);
  assert.equal(payload['roles'], undefined);
  assert.equal('roles' in {}, false);
});

test('a refusal repeats nothing of the token', () => {
  const marked = 'MARKEDSECRET';
  const tokens = [
    marked,
    `${marked}.${marked}.${marked}`,
    forge(secret, { alg: marked, typ: 'JWT' }),
    forge(secret, { alg: 'HS256', typ: marked }),
    forge(secret, { alg: 'HS256', typ: 'JWT', kid: marked }),
    forge(secret, { alg: 'HS256', typ: 'JWT', crit: [marked] }),
    forge(secret, { alg: 'HS256', typ: 'JWT' }, marked),
    forge(secret, { alg: 'HS256', typ: 'JWT' }, { [marked]: marked }).slice(0, -1),
  ];
  for (const token of tokens) {
    assert.throws(
      () => verifyAny(token),
      (error) =>
        error instanceof VerifyError && !`${error.stack} ${JSON.stringify(error)} ${error.cause}`.includes(marked),
    );
  }
});

test('a key that is not an HS256 secret never verifies an HS256 token, even where its check was bypassed (security D 43)', () => {
  const publicKey = createPublicKey(testKeys.RS256.privateKey);
  const bypassed = { kid: 'k', algorithm: 'HS256', key: publicKey } as unknown as VerifyingKey;
  const pem = publicKey.export({ format: 'pem', type: 'spki' });
  const token = forge(secretKey('k', pem), { alg: 'HS256', typ: 'JWT' });
  assert.throws(() => verifyAny(token, [bypassed]));
  assert.throws(() => verifyingKey({ kid: 'k', algorithm: 'HS256', key: publicKey }), TypeError);
});

test('where a token names HS256 and no secret is known, the error says how to go on; otherwise it names nothing', () => {
  const messageOf = (token: string, keys: readonly VerifyingKey[]): string => {
    try {
      verifyAny(token, keys);
    } catch (error) {
      if (error instanceof VerifyError && error.code === 'unknown_key') return error.message;
    }
    return assert.fail('it was not refused as unknown_key');
  };
  const publicKeys = publicAlgorithms.map((algorithm) => testKeys[algorithm].verifying);
  const token = forge(secret, headerOf(secret));
  for (const keys of [publicKeys, []]) assert.match(messageOf(token, keys), /KEYWRIGHT_SIGNING_ALGORITHM=ES256/);
  const other = secretKey('another', 'x'.repeat(32));
  assert.equal(messageOf(forge(other, headerOf(other)), [secret.verifying]), 'No key is known for the token');
  assert.equal(messageOf(forge(testKeys.ES256, headerOf(testKeys.ES256)), []), 'No key is known for the token');
});
