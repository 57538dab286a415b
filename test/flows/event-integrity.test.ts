import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventOf } from '../../packages/server/src/domain/event.ts';
import { verifyEvents } from '../../packages/server/src/domain/event-integrity.ts';
import { readEvents } from '../../packages/server/src/domain/event-list.ts';
import { deleteOldEvents } from '../../packages/server/src/domain/event-retention.ts';
import { checkpointEvents } from '../../packages/server/src/domain/event-seal.ts';
import type { Service } from '../../packages/server/src/domain/service.ts';
import { queryStore } from '../support/store-rows.ts';
import { startTestServer, storeKinds, type TestServer, testActor } from '../support/test-server.ts';

for (const store of storeKinds) {
  describe(`the chain of events, on ${store}`, () => {
    let server: TestServer;
    let bearer: string;
    let organisationId: number;
    const ofChain = () => `chain_id = ${organisationId}`;

    before(async () => {
      server = await startTestServer({ store });
      organisationId = (await server.addOrganisation('Acme')).id;
      await server.addUser({ username: 'admin@example.com', organisationId });
      bearer = (await server.signIn('admin@example.com')).auth_token;
      for (const description of ['one', 'two', 'three']) await createToken(description);
    });
    after(() => server.close());

    async function createToken(description: string): Promise<void> {
      const made = await server.call('POST', '/api/v1/application_token', { bearer, body: { description } });
      assert.equal(made.status, 200, made.text);
    }

    async function appendEvents(chainId: number, count: number): Promise<void> {
      const event = eventOf(server.service, testActor.client, {
        type: 'UserSignedIn',
        organisationId: chainId,
        userId: null,
        description: 'one of many',
      });
      await server.service.database.appendEvents(Array.from({ length: count }, () => event));
    }

    /** An organisation with a chain of its own. */
    async function createChain(name: string): Promise<number> {
      const { id } = await server.addOrganisation(name);
      await appendEvents(id, 3);
      return id;
    }

    async function faults(): Promise<string[]> {
      return (await verifyEvents(server.service)).faults.map(({ fault }) => fault);
    }

    /** Tampers, looks at what the check finds, and puts everything back. */
    async function faultsAfter(...tampers: string[]): Promise<string[]> {
      const rows = await queryStore(server.store, `SELECT * FROM event WHERE ${ofChain()} ORDER BY id`);
      const heads = await queryStore(server.store, `SELECT * FROM event_chain WHERE ${ofChain()}`);
      for (const tamper of tampers) await queryStore(server.store, tamper);
      const found = await faults();
      await restore('event', rows);
      await restore('event_chain', heads);
      assert.deepEqual(await faults(), [], 'the test put the events back');
      return found;
    }

    async function restore(
      table: string,
      rows: readonly Record<string, unknown>[],
      chainId = organisationId,
    ): Promise<void> {
      await queryStore(server.store, `DELETE FROM ${table} WHERE chain_id = ${chainId}`);
      for (const row of rows) {
        const values = Object.values(row).map((value) =>
          value === null ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`,
        );
        await queryStore(server.store, `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${values.join()})`);
      }
    }

    test('untouched events pass the check', async () => {
      const report = await verifyEvents(server.service);
      assert.deepEqual(report.faults, []);
      assert.ok(report.events >= 6, `${report.events} events`);
    });

    test('a changed description, time, user or detail is found', async () => {
      for (const change of ["description = 'x'", 'occurred_at = occurred_at + 1', 'user_id = 99', "detail = '{}'"]) {
        const found = await faultsAfter(`UPDATE event SET ${change} WHERE ${ofChain()} AND sequence = 3`);
        assert.deepEqual(found, ['the event was changed'], change);
      }
    });

    test('an event removed from the middle, the beginning or the end is found', async () => {
      for (const place of ['2', '1', `(SELECT max(sequence) FROM event WHERE ${ofChain()})`]) {
        const found = await faultsAfter(`DELETE FROM event WHERE ${ofChain()} AND sequence = ${place}`);
        assert.ok(found.length > 0, `number ${place}`);
      }
    });

    test('events cut off together with the head of the chain are found by the checkpoint', async () => {
      await checkpointEvents(server.service);
      const [last] = await queryStore(
        server.store,
        `SELECT sequence, previous_hash FROM event WHERE ${ofChain()} ORDER BY sequence DESC LIMIT 1`,
      );
      assert.ok(last);
      const rows = await queryStore(server.store, `SELECT * FROM event WHERE ${ofChain()} ORDER BY id`);
      const heads = await queryStore(server.store, `SELECT * FROM event_chain WHERE ${ofChain()}`);
      await queryStore(server.store, `DELETE FROM event WHERE ${ofChain()} AND sequence = ${last['sequence']}`);
      await queryStore(
        server.store,
        `UPDATE event_chain SET sequence = sequence - 1, hash = '${last['previous_hash']}' WHERE ${ofChain()}`,
      );
      const found = await faults();
      await restore('event', rows);
      await restore('event_chain', heads);
      assert.match(found.join(), /which a checkpoint names, are missing/);
    });

    test('a forged checkpoint is found', async () => {
      const [mark] = await queryStore(server.store, `SELECT hash FROM event_checkpoint WHERE ${ofChain()}`);
      await queryStore(server.store, `UPDATE event_checkpoint SET hash = '${'0'.repeat(64)}' WHERE ${ofChain()}`);
      const found = await faults();
      await queryStore(server.store, `UPDATE event_checkpoint SET hash = '${mark?.['hash']}' WHERE ${ofChain()}`);
      assert.ok(found.includes('the checkpoint is forged'), found.join());
    });

    test('an export holds every event once, in order, and only those of the organisation', async () => {
      const other = await server.addOrganisation('Other');
      await server.addUser({ username: 'other@example.com', organisationId: other.id });
      const exported = await server.call('GET', '/api/v1/event/export?q=type:1020', { bearer });
      assert.equal(exported.status, 200);
      assert.match(exported.headers.get('content-type') ?? '', /^application\/x-ndjson/);
      const events = exported.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.equal(events.length, 3);
      assert.deepEqual(
        events.map(({ id }) => id),
        events.map(({ id }) => id).sort((a: number, b: number) => a - b),
      );
      assert.ok(events.every((event) => event.organisation.id === organisationId && event.event_type.id === 1020));
    });

    test('an export and a check of thousands of events let others have their turn between the pieces', async () => {
      const { id } = await server.addOrganisation('Many');
      await appendEvents(id, 3_500);
      const turns = async (work: () => Promise<unknown>): Promise<number> => {
        let count = 0;
        let isOver = false;
        const turn = (): void => {
          count += 1;
          if (!isOver) setImmediate(turn);
        };
        setImmediate(turn);
        await work();
        isOver = true;
        return count;
      };
      const read = () => Array.fromAsync(readEvents(server.service, [id], []));
      assert.equal((await read()).length, 3_501, "with the organisation's own first event");
      assert.ok((await turns(read)) >= 3, 'the export');
      assert.ok((await turns(() => verifyEvents(server.service))) >= 3, 'the check');
    });

    /** The service over a database that lets something happen before each piece of a chain is read. */
    function meanwhile(chainId: number, happens: () => Promise<unknown>): Service {
      const { database } = server.service;
      const readChain: typeof database.readChain = async (...place) => {
        if (place[0] === chainId && place[2] > 1) await happens();
        return database.readChain(...place);
      };
      return { ...server.service, database: { ...database, readChain } };
    }

    test('events and checkpoints that are added while the check reads are no fault', async () => {
      const service = meanwhile(organisationId, async () => {
        await appendEvents(organisationId, 3);
        await checkpointEvents(server.service);
      });
      assert.deepEqual((await verifyEvents(service)).faults, []);
    });

    test('a chain whose head was deleted is found, and its events are checked all the same', async () => {
      const { events } = await verifyEvents(server.service);
      const found = await faultsAfter(`DELETE FROM event_chain WHERE ${ofChain()}`);
      assert.deepEqual(found, ['the head of the chain is missing']);
      const changed = await faultsAfter(
        `UPDATE event SET description = 'x' WHERE ${ofChain()} AND sequence = 3`,
        `DELETE FROM event_chain WHERE ${ofChain()}`,
      );
      assert.deepEqual(changed, ['the head of the chain is missing', 'the event was changed']);
      assert.equal((await verifyEvents(server.service)).events, events);
    });

    test('a chain whose events are all gone is found by its head, and by its seals', async () => {
      const [head] = await queryStore(server.store, `SELECT sequence FROM event_chain WHERE ${ofChain()}`);
      await checkpointEvents(server.service);
      const found = await faultsAfter(`DELETE FROM event WHERE ${ofChain()}`);
      assert.deepEqual(found, [`events up to number ${head?.['sequence']}, which a checkpoint names, are missing`]);
      const both = await faultsAfter(
        `DELETE FROM event WHERE ${ofChain()}`,
        `DELETE FROM event_chain WHERE ${ofChain()}`,
      );
      assert.equal(both.length, 2, both.join());
    });

    test('a chain that vanished as a whole is found by the sealed list of all chains', async () => {
      const vanished = await createChain('Vanished');
      await checkpointEvents(server.service);
      const rows = new Map<string, Record<string, unknown>[]>();
      for (const table of ['event', 'event_chain', 'event_checkpoint']) {
        rows.set(table, await queryStore(server.store, `SELECT * FROM ${table} WHERE chain_id = ${vanished}`));
        await queryStore(server.store, `DELETE FROM ${table} WHERE chain_id = ${vanished}`);
      }
      const fault = 'the whole chain, which the list of all chains names, is missing';
      assert.deepEqual((await verifyEvents(server.service)).faults, [{ chainId: vanished, sequence: 1, fault }]);
      await createChain('Later');
      await checkpointEvents(server.service);
      assert.deepEqual(await faults(), [fault], 'the list that is sealed next names it as well');
      for (const [table, kept] of rows) await restore(table, kept, vanished);
      assert.deepEqual(await faults(), []);
    });

    test('a list of the chains that is forged or gone is found', async () => {
      await checkpointEvents(server.service);
      const [kept] = await queryStore(server.store, "SELECT value FROM service_value WHERE name = 'event chains'");
      const put = (value: unknown) =>
        queryStore(server.store, `UPDATE service_value SET value = '${value}' WHERE name = 'event chains'`);
      const sealed = String(kept?.['value']);
      const faultsAfterSealing = async () => {
        const before = await faults();
        await checkpointEvents(server.service);
        assert.deepEqual(await faults(), before, 'a list that is sealed next does not hide it');
        return before;
      };
      await put(sealed.slice(0, 20) + (sealed[20] === 'A' ? 'B' : 'A') + sealed.slice(21));
      assert.deepEqual(await faultsAfterSealing(), ['the list of all chains is forged']);
      await queryStore(server.store, "DELETE FROM service_value WHERE name = 'event chains'");
      assert.deepEqual(await faultsAfterSealing(), ['the list of all chains, which a seal names, is missing']);
      const told = server.logLines.filter((line) => /list of the chains of events is (forged|missing)/.test(line));
      assert.equal(told.length, 2, 'the log tells of each');
      await queryStore(
        server.store,
        `INSERT INTO service_value (name, value) VALUES ('event chains', '${kept?.['value']}')`,
      );
      assert.deepEqual(await faults(), []);
    });

    test('events in the chain of another organisation are found', async () => {
      const other = await createChain('Other');
      await createToken('four');
      const [last] = await queryStore(
        server.store,
        `SELECT max(sequence) AS last FROM event WHERE chain_id = ${other}`,
      );
      const move = (from: number, to: number, sequence: number) =>
        queryStore(
          server.store,
          `UPDATE event SET chain_id = ${to}, sequence = ${sequence} WHERE chain_id = ${from} AND sequence = (SELECT max(sequence) FROM event WHERE chain_id = ${from})`,
        );
      const [own] = await queryStore(server.store, `SELECT max(sequence) AS last FROM event WHERE ${ofChain()}`);
      await move(organisationId, other, Number(last?.['last']) + 1);
      const found = await verifyEvents(server.service);
      assert.ok(found.faults.some(({ chainId }) => chainId === other));
      assert.ok(found.faults.some(({ chainId }) => chainId === organisationId));
      await move(other, organisationId, Number(own?.['last']));
      assert.deepEqual(await faults(), []);
      // A whole chain under another number: every hash fits, the organisation does not.
      const renamed = other + 5000;
      const rename = async (from: number, to: number) => {
        for (const table of ['event', 'event_chain']) {
          await queryStore(server.store, `UPDATE ${table} SET chain_id = ${to} WHERE chain_id = ${from}`);
        }
      };
      await rename(other, renamed);
      assert.ok((await faults()).includes('the event belongs to another chain'));
      await rename(renamed, other);
    });

    test('an event beyond the head of its chain is found', async () => {
      const found = await faultsAfter(
        `UPDATE event SET sequence = sequence + 1 WHERE ${ofChain()} AND sequence = (SELECT max(sequence) FROM event WHERE ${ofChain()})`,
      );
      assert.match(found.join(), /beyond the head/);
    });

    test('a checkpoint that was removed before the last one is found', async () => {
      await checkpointEvents(server.service);
      await appendEvents(organisationId, 1);
      await checkpointEvents(server.service);
      const marks = await queryStore(server.store, `SELECT * FROM event_checkpoint WHERE ${ofChain()}`);
      const last = `(SELECT max(sequence) FROM event_checkpoint WHERE ${ofChain()})`;
      await queryStore(server.store, `DELETE FROM event_checkpoint WHERE ${ofChain()} AND sequence = ${last} - 1`);
      const found = await faults();
      await restore('event_checkpoint', marks);
      assert.deepEqual(found, ['the checkpoint here, which a later one names, is missing']);
    });

    test('events removed up to a checkpoint that retention did not leave are found', async () => {
      const mark = `(SELECT min(sequence) FROM event_checkpoint WHERE ${ofChain()})`;
      const found = await faultsAfter(`DELETE FROM event WHERE ${ofChain()} AND sequence <= ${mark}`);
      assert.match(found.join(), /no checkpoint says that they were deleted/);
      const all = await faultsAfter(`DELETE FROM event WHERE ${ofChain()}`);
      assert.match(all.join(), /are missing/);
    });

    test('retention deletes a long chain in pieces, which a check meanwhile passes over, and other chains in spite of one that fails', async () => {
      server.clock.advance({ days: 31 });
      const [longest] = await queryStore(
        server.store,
        'SELECT chain_id, sequence FROM event_chain ORDER BY sequence DESC LIMIT 1',
      );
      const { database } = server.service;
      const counts: number[] = [];
      const transaction: typeof database.transaction = (work) =>
        database.transaction((stores) =>
          work({
            ...stores,
            async deleteChainUntil(chainId, sequence) {
              if (chainId === organisationId) throw new Error('this chain fails');
              const deleted = await stores.deleteChainUntil(chainId, sequence);
              if (chainId === longest?.['chain_id']) counts.push(deleted);
              return deleted;
            },
          }),
        );
      const service = { ...server.service, database: { ...database, transaction } };
      let isStarted = false;
      const checked = meanwhile(longest?.['chain_id'], async () => {
        if (!isStarted) await deleteOldEvents(service, 30);
        isStarted = true;
      });
      assert.deepEqual((await verifyEvents(checked)).faults, []);
      assert.deepEqual(counts, [2_000, (longest?.['sequence'] ?? 0) - 2_000]);
      assert.ok(server.logLines.some((line) => line.includes('this chain fails')));
      assert.deepEqual(await faults(), []);
      const [kept] = await queryStore(server.store, `SELECT min(sequence) AS first FROM event WHERE ${ofChain()}`);
      assert.equal(kept?.['first'], 1);
    });

    test('retention deletes what is too old and leaves a chain that passes the check', async () => {
      server.clock.advance({ days: 31 });
      bearer = (await server.signIn('admin@example.com')).auth_token;
      await createToken('after a month');
      const deleted = await deleteOldEvents(server.service, 30);
      assert.ok(deleted >= 6, `${deleted} deleted`);
      assert.deepEqual(await faults(), []);
      const left = await server.call('GET', '/api/v1/event', { bearer });
      assert.equal(left.json.length, 2, left.text);
      assert.equal(await deleteOldEvents(server.service, 30), 0);
      const tampered = await faultsAfter(
        `DELETE FROM event WHERE ${ofChain()} AND sequence = (SELECT min(sequence) FROM event WHERE ${ofChain()})`,
      );
      assert.ok(tampered.length > 0, 'what retention did not delete is missed');
    });

    test('a chain whose every event was too old still passes, and goes on', async () => {
      server.clock.advance({ days: 31 });
      await deleteOldEvents(server.service, 30);
      assert.deepEqual(await faults(), []);
      await server.signIn('admin@example.com');
      assert.deepEqual(await faults(), []);
    });
  });
}
