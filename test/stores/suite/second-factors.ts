import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stores } from '../../../packages/server/src/domain/ports.ts';
import { hour, now, sampleHash, sampleSession, sampleUser, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

const totpKey = { type: 0, createdAt: now, sealedSecret: 'sealed', challenge: null } as const;
const passkeyKey = { type: 2, createdAt: now, sealedSecret: null, challenge: 'challenge' } as const;
const passkey = { credentialId: 'credential', publicKey: sampleHash('key'), counter: 5, transports: ['usb'] };

/** A user beside the seed's. */
function insertStranger(stores: Stores, organisationId: number) {
  return stores.insertUser(sampleUser(organisationId, { usernameKey: 'stranger@example.com' }));
}

export function testSecondFactors(create: CreateStore): void {
  testKeys(create);
  testChallenges(create);
  testCodes(create);
  testDevices(create);
}

function testKeys(create: CreateStore): void {
  test('a second factor is found as it was inserted; a user has one of a type', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const stranger = await insertStranger(database, organisation.id);
    const key = await database.insertMfaKey({ userId: user.id, ...totpKey });
    assert.deepEqual(key, {
      id: key.id,
      userId: user.id,
      ...totpKey,
      activatedAt: null,
      lastStep: null,
      passkey: null,
    });
    const other = await database.insertMfaKey({ userId: stranger.id, ...totpKey });
    assert.deepEqual(await database.listMfaKeys(user.id), [key]);
    assert.deepEqual(await database.listMfaKeysOf([stranger.id, user.id, 999]), [key, other]);
    assert.deepEqual(await database.listMfaKeysOf([]), []);
    await assert.rejects(database.insertMfaKey({ userId: user.id, ...totpKey }), { token: 'Conflict' });
    assert.deepEqual([await database.deleteMfaKey(key.id), await database.deleteMfaKey(key.id)], [true, false]);
    assert.deepEqual(await database.listMfaKeys(user.id), []);
  });

  test('a second factor is activated once; its step is kept and its challenge goes', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    const { id } = await database.insertMfaKey({ userId: user.id, ...totpKey });
    assert.equal(await database.activateMfaKey(id, { activatedAt: now + 1, lastStep: 7 }), true);
    assert.equal(await database.activateMfaKey(id, { activatedAt: now + 2, lastStep: 8 }), false);
    const [key] = await database.listMfaKeys(user.id);
    assert.deepEqual([key?.activatedAt, key?.lastStep, key?.challenge], [now + 1, 7, null]);
  });

  test('a step of a TOTP is accepted once, by one of two processes, and none before it ever again', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { user } = await seed(database);
    const { id } = await database.insertMfaKey({ userId: user.id, ...totpKey });
    const both = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? database : other).acceptTotpStep(id, 100)),
    );
    assert.equal(both.filter(Boolean).length, 1);
    assert.deepEqual([await database.acceptTotpStep(id, 99), await other.acceptTotpStep(id, 101)], [false, true]);
    assert.equal(await database.acceptTotpStep(999, 1), false);
  });

  test('a passkey is registered with one user only, and its counter only grows, unless it is always 0', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const stranger = await insertStranger(database, organisation.id);
    const { id } = await database.insertMfaKey({ userId: user.id, ...passkeyKey });
    const copy = await database.insertMfaKey({ userId: stranger.id, ...passkeyKey });
    assert.equal(await database.activateMfaKey(id, { activatedAt: now, passkey }), true);
    assert.equal(await database.activateMfaKey(copy.id, { activatedAt: now, passkey }), false);
    const [key] = await database.listMfaKeys(user.id);
    assert.deepEqual(
      { ...key?.passkey, publicKey: Buffer.from(key?.passkey?.publicKey ?? []) },
      {
        ...passkey,
        publicKey: Buffer.from(passkey.publicKey),
      },
    );
    const accept = (counter: number) => database.acceptPasskeyCounter(id, counter);
    assert.deepEqual(
      [await accept(5), await accept(0), await accept(6), await accept(6), await accept(0)],
      [false, false, true, false, false],
    );
    const zero = { ...passkey, credentialId: 'without counter', counter: 0 };
    assert.equal(await database.activateMfaKey(copy.id, { activatedAt: now, passkey: zero }), true);
    const acceptZero = (counter: number) => database.acceptPasskeyCounter(copy.id, counter);
    assert.deepEqual(
      [await acceptZero(0), await acceptZero(0), await acceptZero(1), await acceptZero(0)],
      [true, true, true, false],
    );
  });

  test("a user's second factors, codes and devices go with the user", async (t) => {
    const { database, query } = await create(t);
    const { user } = await seed(database);
    await database.insertMfaKey({ userId: user.id, ...totpKey });
    await database.insertMfaChallenge({
      id: 'a',
      userId: user.id,
      enrolment: false,
      createdAt: now,
      expiresAt: now + 1,
    });
    await database.upsertEmailCode({
      userId: user.id,
      purpose: 'sign_in',
      sealedCode: 'x',
      createdAt: now,
      expiresAt: now,
    });
    await database.replaceRecoveryCodes(user.id, [sampleHash('1')], now);
    await query(`DELETE FROM assignment WHERE user_id = ${user.id}`);
    await query(`DELETE FROM user_account WHERE id = ${user.id}`);
    for (const table of ['mfa_key', 'mfa_challenge', 'email_code', 'recovery_code', 'trusted_device']) {
      assert.deepEqual(await query(`SELECT * FROM ${table}`), [], table);
    }
  });
}

function testChallenges(create: CreateStore): void {
  test('an mfa token has so many tries, also over two processes, and one use', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { user } = await seed(database);
    const challenge = { id: 'token', userId: user.id, enrolment: false, createdAt: now, expiresAt: now + hour };
    await database.insertMfaChallenge(challenge);
    assert.deepEqual(await other.findMfaChallenge('token'), { ...challenge, tries: 0, passkeyChallenge: null });
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? database : other).takeMfaTry('token', 5)),
    );
    assert.equal(tries.filter(Boolean).length, 5);
    assert.equal(await database.setPasskeyChallenge('token', 'sign this'), true);
    const found = await database.findMfaChallenge('token');
    assert.deepEqual([found?.tries, found?.passkeyChallenge], [5, 'sign this']);
    const uses = await Promise.all([database.deleteMfaChallenge('token'), other.deleteMfaChallenge('token')]);
    assert.deepEqual(uses.sort(), [false, true]);
    assert.equal(await database.findMfaChallenge('token'), undefined);
    assert.equal(await database.takeMfaTry('token', 5), false);
    assert.equal(await database.setPasskeyChallenge('token', 'x'), false);
  });

  test('enrolment is completed once', async (t) => {
    const { database } = await create(t);
    const { user } = await seed(database);
    await database.insertMfaChallenge({
      id: 'e',
      userId: user.id,
      enrolment: true,
      createdAt: now,
      expiresAt: now + 1,
    });
    assert.equal((await database.findMfaChallenge('e'))?.enrolment, true);
    assert.deepEqual([await database.completeEnrolment('e'), await database.completeEnrolment('e')], [true, false]);
    assert.equal((await database.findMfaChallenge('e'))?.enrolment, false);
  });

  test("a user's tokens are voided but for one, and old ones are cleared away", async (t) => {
    const { database, query } = await create(t);
    const { organisation, user } = await seed(database);
    const stranger = await insertStranger(database, organisation.id);
    const insert = (id: string, userId: number, expiresAt = now + hour) =>
      database.insertMfaChallenge({ id, userId, enrolment: false, createdAt: now, expiresAt });
    for (const id of ['a', 'b', 'c']) await insert(id, user.id);
    await insert('foreign', stranger.id);
    const left = async () => (await query('SELECT id FROM mfa_challenge ORDER BY id')).map((row) => row['id']);
    await database.deleteMfaChallenges(user.id, 'b');
    assert.deepEqual(await left(), ['b', 'foreign']);
    await database.deleteMfaChallenges(user.id);
    assert.deepEqual(await left(), ['foreign']);
    await insert('old', user.id, now - 1);
    await database.deleteExpiredMfaChallenges(now);
    assert.deepEqual(await left(), ['foreign']);
  });
}

function testCodes(create: CreateStore): void {
  test('a code by mail takes the place of the one before, for its purpose, and is used up once', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { user } = await seed(database);
    const code = {
      userId: user.id,
      purpose: 'sign_in',
      sealedCode: 'one',
      createdAt: now,
      expiresAt: now + 1,
    } as const;
    const activation = { ...code, purpose: 'activation' } as const;
    await database.upsertEmailCode(activation);
    await database.upsertEmailCode(code);
    const second = { ...code, sealedCode: 'two', createdAt: now + 5, expiresAt: now + 6 };
    await database.upsertEmailCode(second);
    assert.deepEqual(await database.findEmailCode(user.id, 'sign_in'), second);
    assert.deepEqual(await database.findEmailCode(user.id, 'activation'), activation);
    assert.equal(await database.deleteEmailCode(code), false);
    const uses = await Promise.all([database.deleteEmailCode(second), other.deleteEmailCode(second)]);
    assert.deepEqual(uses.sort(), [false, true]);
    assert.equal(await database.findEmailCode(user.id, 'sign_in'), undefined);
  });

  test('a recovery code is used up once, by one of two processes; a new set replaces the one before', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { organisation, user } = await seed(database);
    const stranger = await insertStranger(database, organisation.id);
    const hashes = ['1', '2', '3'].map(sampleHash);
    await database.replaceRecoveryCodes(user.id, hashes, now);
    await database.replaceRecoveryCodes(stranger.id, hashes, now);
    const uses = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? database : other).deleteRecoveryCode(user.id, sampleHash('2')),
      ),
    );
    assert.equal(uses.filter(Boolean).length, 1);
    assert.equal(await database.countRecoveryCodes(user.id), 2);
    await database.replaceRecoveryCodes(user.id, [sampleHash('4')], now);
    assert.deepEqual(
      [await database.countRecoveryCodes(user.id), await database.deleteRecoveryCode(user.id, sampleHash('1'))],
      [1, false],
    );
    await database.replaceRecoveryCodes(user.id, [], now);
    assert.deepEqual(
      [await database.countRecoveryCodes(user.id), await database.countRecoveryCodes(stranger.id)],
      [0, 3],
    );
  });
}

function testDevices(create: CreateStore): void {
  test('a device is trusted for its time, renewed rather than doubled, and nobody else removes it', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const stranger = await insertStranger(database, organisation.id);
    const device = {
      userId: user.id,
      operatingSystem: 'Linux',
      browser: 'Firefox',
      name: null,
      activatedAt: now,
      expiresAt: now + hour,
    };
    const fingerprintHash = sampleHash('fingerprint');
    const id = await database.upsertTrustedDevice({ ...device, fingerprintHash });
    assert.deepEqual(await database.findTrustedDevice(user.id, fingerprintHash, now), { id, ...device });
    assert.equal(await database.findTrustedDevice(user.id, sampleHash('x'), now), undefined);
    assert.equal(await database.findTrustedDevice(stranger.id, fingerprintHash, now), undefined);
    assert.equal(await database.findTrustedDevice(user.id, fingerprintHash, now + hour), undefined);
    const renewed = { ...device, name: 'Laptop', activatedAt: now + hour, expiresAt: now + 2 * hour };
    assert.equal(await database.upsertTrustedDevice({ ...renewed, fingerprintHash }), id);
    assert.deepEqual(await database.listTrustedDevices(user.id, now + hour), [{ id, ...renewed }]);
    assert.deepEqual(await database.listTrustedDevices(user.id, now + 2 * hour), []);
    assert.equal(await database.deleteTrustedDevice(stranger.id, id), false);
    assert.deepEqual(
      [await database.deleteTrustedDevice(user.id, id), await database.deleteTrustedDevice(user.id, id)],
      [true, false],
    );
    for (const text of ['a', 'b']) await database.upsertTrustedDevice({ ...device, fingerprintHash: sampleHash(text) });
    assert.deepEqual(
      [await database.deleteTrustedDevices(user.id), await database.deleteTrustedDevices(user.id)],
      [2, 0],
    );
  });

  test('a session says when its user passed the second factor, an organisation whether it requires one', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const { id } = await database.insertSession(sampleSession(user.id, organisation.id));
    assert.equal(await database.findSecondFactorAt(id), undefined);
    await database.setSecondFactorAt(id, now);
    assert.deepEqual([await database.findSecondFactorAt(id), await database.findSecondFactorAt(999)], [now, undefined]);
    const required = () => database.isSecondFactorRequired([organisation.id, 999]);
    assert.equal(await required(), false);
    await database.setSecondFactorRequired(organisation.id, true);
    assert.deepEqual(
      [await required(), await database.isSecondFactorRequired([]), await database.isSecondFactorRequired([999])],
      [true, false, false],
    );
    await database.setSecondFactorRequired(organisation.id, false);
    assert.equal(await required(), false);
  });
}
