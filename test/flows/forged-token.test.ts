import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type ForgedSignature, forgeToken, headerOf, hmac, stealSigningKey } from '../support/forged-token.ts';
import { claimsOf, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const username = 'jane@example.com';

/** Every form in which somebody may have a public key, and so may take it for a secret. */
function formsOf(key: KeyObject, jwk: Record<string, string>): (string | Buffer)[] {
  const pem = key.export({ format: 'pem', type: 'spki' }).toString();
  const der = key.export({ format: 'der', type: 'spki' });
  return [
    pem,
    pem.trim(),
    ` ${pem}`,
    `\n\n${pem}`,
    `\u0000${pem}`,
    `x${pem}`,
    pem.replaceAll('\n', '\r\n'),
    pem.replaceAll('\n', ''),
    pem.split('\n').slice(1, -2).join(''),
    der,
    der.toString('base64'),
    der.toString('hex'),
    JSON.stringify(jwk),
    Buffer.from(jwk['x'] ?? '', 'base64url'),
    jwk['x'] ?? '',
    jwk['kid'] ?? '',
    '',
    'secret',
  ];
}

for (const kind of storeKinds) {
  for (const algorithm of ['HS256', 'ES256'] as const) {
    describe(`forged auth tokens, ${algorithm} on ${kind}`, () => {
      let server: TestServer;
      let token: string;
      let header: Record<string, unknown>;
      let claims: Record<string, unknown>;
      let genuine: ForgedSignature;

      before(async () => {
        const env = { KEYWRIGHT_SIGNING_ALGORITHM: algorithm, KEYWRIGHT_RATE_LIMIT: 'off' };
        server = await startTestServer({ store: kind, env });
        const { id } = await server.addOrganisation('Acme');
        await server.addUser({ username, organisationId: id });
        token = (await server.signIn(username)).auth_token;
        header = headerOf(token);
        claims = claimsOf(token);
        genuine = (await stealSigningKey(server)).signature;
      });
      after(() => server.close());

      const callWith = (bearer: string) => server.call('GET', '/api/v1/user/my', { bearer });

      async function refused(forged: string, what: string, code = 1102): Promise<void> {
        const { status, json, headers } = await callWith(forged);
        assert.deepEqual([status, json.error_code], [401, code], what);
        assert.match(headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/, what);
      }

      const signed = (changedHeader: object, changedClaims: object | string = claims) =>
        forgeToken({ ...header, ...changedHeader }, changedClaims, genuine);

      test('a token that the tests put together themselves, with nothing changed, is accepted', async () => {
        assert.equal((await callWith(signed({}))).status, 200);
        assert.equal((await callWith(forgeToken(header, claims, genuine))).status, 200);
      });

      test('alg none, of another case, of another algorithm or missing is refused (security D 42)', async () => {
        const algorithms = [
          'none',
          'None',
          'NONE',
          'nOnE',
          '',
          algorithm.toLowerCase(),
          'HS512',
          'ES384',
          'PS256',
          null,
          7,
        ];
        for (const alg of [...algorithms, undefined, ['HS256'], { toString: 'HS256' }]) {
          await refused(signed({ alg }), String(JSON.stringify(alg)));
          for (const signature of [() => '', () => 'AA', () => token.split('.')[2] ?? '']) {
            await refused(forgeToken({ ...header, alg }, claims, signature), String(JSON.stringify(alg)));
          }
        }
      });

      test('headers that name a key of the forger are not followed, and nothing is fetched (security D 44)', async (t) => {
        const seen: string[] = [];
        const listener = createServer((request, response) => {
          seen.push(request.url ?? '');
          response.end(JSON.stringify({ keys: [jwk] }));
        }).listen(0, '127.0.0.1');
        await once(listener, 'listening');
        t.after(() => listener.close());
        const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
        const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'forger', alg: 'ES256', use: 'sig' };
        const own: ForgedSignature = (input) =>
          sign('sha256', Buffer.from(input), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
        const pointers = { jku: `${url}/jku`, x5u: `${url}/x5u`, jwk, x5c: ['MIIB'], x5t: 'AA' };
        for (const [name, value] of Object.entries(pointers)) {
          const pointing = { alg: 'ES256', typ: 'at+jwt', kid: 'forger', [name]: value };
          await refused(forgeToken(pointing, claims, own), name);
          await refused(forgeToken({ ...pointing, kid: undefined }, claims, own), name);
          const { status } = await callWith(signed({ [name]: value }));
          assert.ok(status === 200 || status === 401, name);
        }
        assert.deepEqual(seen, []);
      });

      test('an extension that must be understood is refused, with a good signature too (security D 45, CVE-2026-32597)', async () => {
        for (const crit of [['x'], ['exp'], ['b64'], [], 'x', null, {}, ['alg']]) {
          await refused(signed({ crit, x: true }), JSON.stringify(crit));
        }
        for (const b64 of [true, false]) await refused(signed({ b64 }), `b64 ${b64}`);
      });

      test('a kid of path, SQL or prototype text is 401, never worse (security D 50)', async () => {
        const kids = [
          '../../../../dev/null',
          '/proc/self/environ',
          "' OR '1'='1",
          "x'; DROP TABLE signing_key; --",
          '__proto__',
          'constructor',
          'toString',
          '\u0000',
          '☃'.repeat(200),
        ];
        for (const kid of kids) {
          await refused(signed({ kid }), kid);
          await refused(forgeToken({ alg: 'HS256', typ: 'JWT', kid }, claims, hmac('')), kid);
        }
        for (const kid of [7, null, ['x'], { x: 1 }, true]) await refused(signed({ kid }), JSON.stringify(kid));
      });

      test('a key other than the one that signs is refused (security D 43, RFC 8725 §3.1)', async () => {
        const keys = (await server.call('GET', '/.well-known/jwks.json')).json.keys as Record<string, string>[];
        const internal = (await stealSigningKey(server, 'internal')).signature;
        await refused(forgeToken({ alg: 'HS256', typ: 'JWT' }, claims, internal), 'the key of refresh tokens');
        await refused(forgeToken({ ...header, kid: keys[1]?.['kid'] ?? 'next' }, claims, genuine), 'the next kid');
        for (const jwk of keys) {
          for (const form of formsOf(createPublicKey({ key: jwk, format: 'jwk' }), jwk)) {
            for (const [alg, hash] of [
              ['HS256', 'sha256'],
              ['HS384', 'sha384'],
              ['HS512', 'sha512'],
            ] as const) {
              for (const kid of [jwk['kid'], undefined]) {
                const forged = forgeToken({ alg, typ: 'at+jwt', kid }, claims, hmac(form, hash));
                await refused(forged, `${alg} under ${form}`);
              }
            }
          }
        }
      });

      test('a signature with a bit changed, cut, zero or spelled in another way is refused (security D 52, 53, CVE-2022-21449)', async () => {
        const [head = '', body = '', signature = ''] = token.split('.');
        const bytes = Buffer.from(signature, 'base64url');
        for (let index = 0; index < bytes.length; index += 1) {
          const changed = Buffer.from(bytes);
          changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
          await refused(`${head}.${body}.${changed.toString('base64url')}`, `bit of byte ${index}`);
        }
        const last = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1);
        const others = [
          Buffer.alloc(bytes.length).toString('base64url'),
          Buffer.alloc(64).toString('base64url'),
          Buffer.from('3006020100020100', 'hex').toString('base64url'),
          bytes.subarray(0, -1).toString('base64url'),
          bytes.subarray(0, 16).toString('base64url'),
          `${signature}=`,
          `${signature}==`,
          `${signature}A`,
          last,
          bytes.toString('hex'),
          '',
        ];
        for (const other of others) await refused(`${head}.${body}.${other}`, other);
        for (const other of [
          `${head}=.${body}`,
          `${head}.${body}=`,
          `${head}.${body}.${body}`,
          `.${body}`,
          `${head}.`,
        ]) {
          await refused(`${other}.${signature}`, other);
        }
        const standard = Buffer.from(JSON.stringify({ ...claims, jti: '???>>>' })).toString('base64');
        await refused(`${head}.${standard}.${genuine(`${head}.${standard}`)}`, 'the alphabet of plain Base64');
      });

      test('payloads of others under a genuine signature, or theirs exchanged, are refused (CVE-2026-35039)', async () => {
        const other = (await server.signIn(username)).auth_token.split('.');
        const own = token.split('.');
        for (const parts of [
          [own[0], other[1], own[2]],
          [own[0], own[1], other[2]],
        ]) {
          await refused(parts.join('.'), 'exchanged');
        }
        const twisted = { ...claims, sub: 'user:2' };
        const encoded = Buffer.from(JSON.stringify(twisted)).toString('base64url');
        await refused(`${own[0]}.${encoded}.${own[2]}`, 'another subject');
      });

      test('a member name that comes twice is refused, in the header and in the claims (security D 54)', async () => {
        const text = JSON.stringify(claims).slice(1, -1);
        const doubles = [
          `{${text},"exp":9999999999}`,
          `{"sub":"user:2",${text}}`,
          `{${text},"e\\u0078p":9999999999}`,
          `{${text},"x":{"y":1,"y":2}}`,
        ];
        for (const double of doubles) await refused(forgeToken(header, double, genuine), double);
        const head = JSON.stringify(header).slice(1, -1);
        for (const double of [`{${head},"alg":"none"}`, `{"alg":"none",${head}}`, `{${head},"typ":"JWT"}`]) {
          await refused(forgeToken(double, claims, genuine), double);
        }
      });

      test('what is no JSON object, or of another type, is refused under a genuine signature', async () => {
        for (const payload of ['', 'x', '[]', 'null', '42', '"text"', `${JSON.stringify(claims)} x`, '\ufeff{}']) {
          await refused(forgeToken(header, payload, genuine), payload);
        }
        for (const typ of [undefined, '', 'JWE', 'JOSE', 'logout+jwt', 'dpop+jwt', 7]) {
          await refused(signed({ typ }), `typ ${typ}`);
        }
        await refused(`${token}.${createHash('sha256').digest('base64url')}.AA`, 'five parts (CVE-2024-28176)');
      });
    });
  }
}
