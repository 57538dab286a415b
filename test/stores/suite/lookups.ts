import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertTokenWithSecret, now, sampleHash, sampleSession, sampleToken, seed } from '../sample-records.ts';
import type { CreateStore } from '../test-store.ts';

export function testLookups(create: CreateStore): void {
  test('the look-ups of one tick are one query, and each gets its own answer', async (t) => {
    const { database, statements } = await create(t);
    const { organisation, user } = await seed(database);
    const tokens: { id: number; secretHash: Uint8Array }[] = [];
    for (let index = 0; index < 20; index++) {
      tokens.push(await insertTokenWithSecret(database, sampleToken(organisation.id, user.id), `secret ${index}`));
    }
    statements.length = 0;
    const unknown = database.findApplicationTokenExchange(sampleHash('unknown'));
    const found = await Promise.all(tokens.map(({ secretHash }) => database.findApplicationTokenExchange(secretHash)));
    assert.deepEqual(
      found.map((exchange) => exchange?.id),
      tokens.map(({ id }) => id),
    );
    assert.equal(await unknown, undefined);
    const queries = statements.filter((sql) => sql.startsWith('SELECT'));
    assert.equal(queries.length, 1);
  });

  test('a look-up of another kind in the same tick is a query of its own', async (t) => {
    const { database, statements } = await create(t);
    const { organisation, user } = await seed(database);
    const session = await database.insertSession(sampleSession(user.id, organisation.id));
    const { id } = await insertTokenWithSecret(database, sampleToken(organisation.id, user.id), 'secret');
    statements.length = 0;
    const [caller, other] = await Promise.all([
      database.findSessionCaller(session.id),
      database.findApplicationTokenCaller(id),
    ]);
    assert.deepEqual([caller?.session.id, other?.id], [session.id, id]);
    assert.equal(statements.filter((sql) => sql.startsWith('SELECT')).length, 2);
  });

  test('every tick asks the store anew', async (t) => {
    const { database, statements } = await create(t);
    const { organisation, user } = await seed(database);
    const { id } = await insertTokenWithSecret(database, sampleToken(organisation.id, user.id), 'secret');
    statements.length = 0;
    for (let call = 0; call < 3; call++) {
      assert.equal((await database.findApplicationTokenCaller(id))?.id, id);
    }
    assert.equal(statements.length, 3);
  });

  test('more than five hundred keys are asked for in several queries', async (t) => {
    const { database, statements } = await create(t);
    const keys = Array.from({ length: 1001 }, (_, index) => sampleHash(`secret ${index}`));
    const found = await Promise.all(keys.map((key) => database.findApplicationTokenExchange(key)));
    assert.ok(found.every((exchange) => exchange === undefined));
    assert.equal(statements.filter((sql) => sql.startsWith('SELECT')).length, 3);
  });

  test('a revocation committed before a look-up is asked for shows in its answer, under load', async (t) => {
    const { database, open } = await create(t);
    const other = await open();
    const { organisation, user } = await seed(database);
    for (let round = 0; round < 20; round++) {
      const token = sampleToken(organisation.id, user.id);
      const { id, secretHash } = await insertTokenWithSecret(database, token, `secret ${round}`);
      const before = Array.from({ length: 50 }, () => other.findApplicationTokenExchange(secretHash));
      await database.revokeApplicationToken(id, now);
      const after = Array.from({ length: 50 }, () => other.findApplicationTokenExchange(secretHash));
      await Promise.all(before);
      for (const exchange of await Promise.all(after)) {
        assert.equal(exchange?.revokedAt, now);
      }
    }
  });
}
