import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApplicationTokenUse } from '../../../packages/server/src/domain/application-token-port.ts';
import {
  hour,
  insertTokenWithSecret,
  now,
  sampleHash,
  sampleMeasures,
  sampleToken,
  sampleUser,
  seed,
} from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

export function testApplicationTokens(create: CreateStore): void {
  testExchange(create);
  testRevocation(create);
  testRotation(create);
  testUses(create);
}

function testExchange(create: CreateStore): void {
  test('an exchange finds the token by the hash of its secret, with its organisation and its maker', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const token = sampleToken(organisation.id, user.id, {
      expiresAt: now + hour,
      ip: '2001:db8::/32',
      roles: 4,
      authTokenMinutes: 15,
    });
    const { id, secretHash } = await insertTokenWithSecret(database, token, 'secret');
    const common = {
      id,
      revokedAt: null,
      expiresAt: now + hour,
      ip: '2001:db8::/32',
      roles: 4,
      authTokenMinutes: 15,
      version: 1,
      organisationId: organisation.id,
      organisationName: 'Acme',
      creatorId: user.id,
      creatorStatus: 1,
      creatorRoles: 2,
    };
    assert.deepEqual(await database.findApplicationTokenExchange(secretHash), { ...common, secretValidUntil: null });
    assert.deepEqual(await database.findApplicationTokenCaller(id), {
      ...common,
      creatorUsername: user.username,
      creatorName: user.name,
      tokensFrom: 0,
    });
    assert.equal(await database.findApplicationTokenExchange(sampleHash('another')), undefined);
    assert.equal(await database.findApplicationTokenCaller(999), undefined);
  });

  test('a token whose maker is gone has no maker, and no roles by one', async (t) => {
    const { database, query } = await create(t);
    const { organisation } = await seed(database);
    const maker = await database.insertUser(sampleUser(organisation.id, { usernameKey: 'maker@example.com' }));
    const { id, secretHash } = await insertTokenWithSecret(database, sampleToken(organisation.id, maker.id), 'secret');
    await query(`DELETE FROM user_account WHERE id = ${maker.id}`);
    const exchange = await database.findApplicationTokenExchange(secretHash);
    assert.deepEqual([exchange?.creatorId, exchange?.creatorStatus, exchange?.creatorRoles], [null, null, 0]);
    const caller = await database.findApplicationTokenCaller(id);
    assert.deepEqual([caller?.creatorUsername, caller?.creatorName], [null, null]);
    const scope = { organisationIds: [organisation.id], ...sampleMeasures };
    assert.equal((await database.findApplicationToken(id, scope))?.creator, null);
  });
}

function testRevocation(create: CreateStore): void {
  test('a revocation shows in the very next look-up, in this and in another process, and is made once', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { organisation, user } = await seed(database);
    const { id, secretHash } = await insertTokenWithSecret(database, sampleToken(organisation.id, user.id), 'secret');
    for (const instance of [database, other]) {
      assert.equal((await instance.findApplicationTokenExchange(secretHash))?.revokedAt, null);
    }
    assert.equal(await database.revokeApplicationToken(id, now), true);
    for (const instance of [database, other]) {
      const exchange = await instance.findApplicationTokenExchange(secretHash);
      assert.equal(exchange?.revokedAt, now);
      assert.equal((await instance.findApplicationTokenCaller(id))?.revokedAt, now);
    }
    assert.equal(await other.revokeApplicationToken(id, now + 1), false);
    assert.equal((await database.findApplicationTokenExchange(secretHash))?.revokedAt, now);
    assert.equal(await database.revokeApplicationToken(999, now), false);
  });

  test('a revoked token is not changed any more', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const scope = { organisationIds: [organisation.id], ...sampleMeasures };
    const id = await database.insertApplicationToken(sampleToken(organisation.id, user.id, { ip: '192.0.2.0/24' }));
    assert.equal(await database.updateApplicationToken(id, { description: null, expiresAt: now, ip: null }), true);
    assert.equal(await database.updateApplicationToken(id, {}), true);
    const changed = await database.findApplicationToken(id, scope);
    assert.deepEqual([changed?.description, changed?.expiresAt, changed?.ip], [null, now, null]);
    await database.revokeApplicationToken(id, now);
    assert.equal(await database.updateApplicationToken(id, { description: 'again' }), false);
    assert.equal(await database.updateApplicationToken(id, {}), false);
    assert.equal((await database.findApplicationToken(id, scope))?.description, null);
  });
}

function testRotation(create: CreateStore): void {
  test('of the secrets of a rotated token, the one before has an end and any older one is gone', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const { id, secretHash } = await insertTokenWithSecret(database, sampleToken(organisation.id, user.id), 'first');
    const rotate = async (secret: string, validUntil: number) => {
      await database.retireApplicationTokenSecret(id, validUntil);
      await database.insertApplicationTokenSecret({
        secretHash: sampleHash(secret),
        applicationTokenId: id,
        createdAt: now,
        validUntil: null,
      });
    };
    const validUntil = async (hash: Uint8Array) =>
      (await database.findApplicationTokenExchange(hash))?.secretValidUntil;
    await rotate('second', now + hour);
    assert.equal(await validUntil(secretHash), now + hour);
    await rotate('third', now + 2 * hour);
    assert.equal(await validUntil(secretHash), undefined);
    assert.equal(await validUntil(sampleHash('second')), now + 2 * hour);
    assert.equal(await validUntil(sampleHash('third')), null);
  });
}

function testUses(create: CreateStore): void {
  test('uses add up by slot, and the last use of token and secret never moves back', async (t) => {
    const { database, query } = await create(t);
    const { organisation, user } = await seed(database);
    const { id, secretHash } = await insertTokenWithSecret(database, sampleToken(organisation.id, user.id), 'first');
    const use = { applicationTokenId: id, secretHash, network: '192.0.2.0/24', elsewhere: false };
    const secondHash = sampleHash('second');
    await database.insertApplicationTokenSecret({
      secretHash: secondHash,
      applicationTokenId: id,
      createdAt: now,
      validUntil: null,
    });
    await database.noteApplicationTokenUses([
      { ...use, lastUsedAt: now + 5, lastUsedIp: '192.0.2.5', exchanges: [{ slot: now, count: 2 }] },
      {
        ...use,
        secretHash: secondHash,
        lastUsedAt: now + 9,
        lastUsedIp: '192.0.2.9',
        exchanges: [
          { slot: now, count: 1 },
          { slot: now + hour, count: 7 },
        ],
      },
      { ...use, applicationTokenId: 999, lastUsedAt: now, lastUsedIp: '', exchanges: [{ slot: now, count: 1 }] },
    ]);
    await database.noteApplicationTokenUses([
      { ...use, lastUsedAt: now + 1, lastUsedIp: '192.0.2.1', exchanges: [{ slot: now, count: 10 }] },
    ]);
    const find = (recentSince: number) =>
      database.findApplicationToken(id, { organisationIds: [organisation.id], ...sampleMeasures, recentSince });
    const token = await find(now);
    assert.deepEqual([token?.lastUsedAt, token?.lastUsedIp, token?.recentExchanges], [now + 9, '192.0.2.9', 20]);
    assert.equal((await find(now + 1))?.recentExchanges, 7);
    const secrets = await query('SELECT last_used_ip FROM application_token_secret ORDER BY last_used_at');
    assert.deepEqual(
      secrets.map((row) => row['last_used_ip']),
      ['192.0.2.5', '192.0.2.9'],
    );
    await database.deleteApplicationTokenUses(now + hour);
    assert.equal((await find(0))?.recentExchanges, 7);
  });

  test('a network counts as another whichever of several processes notes it first', async (t) => {
    const { database } = await create(t);
    const { organisation, user } = await seed(database);
    const scope = { organisationIds: [organisation.id], ...sampleMeasures };
    const home = { lastUsedAt: now + 5, lastUsedIp: '192.0.2.5', network: '192.0.2.0/24' };
    const elsewhere = { lastUsedAt: now + 3, lastUsedIp: '::1', network: '::/64' };
    for (const batches of [[[home, elsewhere]], [[elsewhere, home]], [[home], [elsewhere]], [[elsewhere], [home]]]) {
      const token = sampleToken(organisation.id, user.id);
      const { id, secretHash } = await insertTokenWithSecret(database, token, JSON.stringify(batches));
      const common = { applicationTokenId: id, secretHash, elsewhere: false, exchanges: [] };
      const at = async () => {
        const found = await database.findApplicationToken(id, scope);
        return [found?.network, found?.lastUsedIp, found?.elsewhereAt];
      };
      await database.noteApplicationTokenUses([{ ...common, ...home, lastUsedAt: now }]);
      assert.deepEqual(await at(), [home.network, home.lastUsedIp, null]);
      for (const batch of batches) {
        await database.noteApplicationTokenUses(batch.map((use) => ({ ...common, ...use })));
      }
      const [network, lastUsedIp, elsewhereAt = null] = await at();
      assert.deepEqual([network, lastUsedIp], [home.network, home.lastUsedIp], 'the last one stands');
      assert.ok(Number(elsewhereAt) > now, JSON.stringify(batches));
    }
  });

  test('two processes that note uses of the same hundreds of tokens in opposite order count every one', async (t) => {
    const { database, open, query } = await create(t);
    const { organisation, user } = await seed(database);
    const other = await open();
    const uses = await database.transaction(async (stores) => {
      const made: ApplicationTokenUse[] = [];
      for (let index = 0; index < 300; index++) {
        const token = sampleToken(organisation.id, user.id);
        const { id, secretHash } = await insertTokenWithSecret(stores, token, `secret ${index}`);
        const exchanges = [{ slot: now, count: 1 }];
        const network = { lastUsedIp: '192.0.2.1', network: '192.0.2.0/24', elsewhere: false };
        made.push({ applicationTokenId: id, secretHash, lastUsedAt: now, ...network, exchanges });
      }
      return made;
    });
    await Promise.all([
      database.noteApplicationTokenUses(uses),
      other.noteApplicationTokenUses(uses.toReversed()),
      database.noteApplicationTokenUses(uses),
      other.noteApplicationTokenUses(uses.toReversed()),
    ]);
    const [sum] = await query('SELECT count(*) AS rows, min(exchanges) AS least FROM application_token_use');
    assert.deepEqual([Number(sum?.['rows']), Number(sum?.['least'])], [300, 4]);
    await database.deleteApplicationTokenUses(now + 1);
    assert.deepEqual(await query('SELECT 1 FROM application_token_use'), []);
  });
}
