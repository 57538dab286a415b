import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, behindProxy, startTestServer, storeKinds, type TestServer } from '../support/test-server.ts';

const base = '/api/v1/application_token';

/** The pages that a Link header names: relation to the query parameters behind it. */
function linksOf(answer: Answer): Record<string, Record<string, string>> {
  const links = (answer.headers.get('link') ?? '').split(', ').map((link) => {
    const [, url = '', relation = ''] = /^<([^>]+)>; rel="(\w+)"$/.exec(link) ?? [];
    assert.equal(url.split('?')[0], base, link);
    return [relation, Object.fromEntries(new URLSearchParams(url.split('?')[1]))];
  });
  return Object.fromEntries(links);
}

function pageOf({ headers }: Answer): (string | null)[] {
  return ['x-total-count', 'x-total-pages', 'x-current-page', 'x-count-per-page'].map((name) => headers.get(name));
}

for (const kind of storeKinds) {
  describe(`the list of application tokens on ${kind}`, () => {
    let server: TestServer;
    let bearer: string;

    const signIn = async (): Promise<void> => {
      bearer = (await server.signIn('jane@example.com')).auth_token;
    };
    const list = (query = '') => server.call('GET', `${base}${query}`, { bearer });
    const q = async (filter: string): Promise<string[]> => {
      const answer = await list(`?q=${encodeURIComponent(filter)}&per_page=1000`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json.map((token: { description: string }) => token.description).sort();
    };
    const sorted = async (sort: string): Promise<string[]> => {
      const answer = await list(`?sort=${encodeURIComponent(sort)}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json.map((token: { description: string }) => token.description);
    };

    before(async () => {
      server = await startTestServer({ store: kind, env: { ...behindProxy, KEYWRIGHT_RATE_LIMIT: 'off' } });
      const { id: organisationId } = await server.addOrganisation('Acme');
      for (const username of ['jane@example.com', 'joe@example.com'])
        await server.addUser({ username, organisationId });
      await signIn();
      await server.createToken(bearer, { description: 'Billing, nightly', expiry_date: '2027-10-29' });
      server.clock.advance({ days: 1 });
      await signIn();
      const revoked = await server.createToken(bearer, { description: 'billing (old)', ip: '10.0.0.0/8' });
      await server.call('PATCH', `${base}/${revoked.id}`, { bearer, body: { status: { id: 1 } } });
      server.clock.advance({ days: 1 });
      await signIn();
      await server.createToken(bearer, {
        description: 'Ünïcode* 100%_',
        expiry_date: '2027-03-13',
        ip: '2001:db8::/32',
      });
      const joe = (await server.signIn('joe@example.com')).auth_token;
      const used = await server.createToken(joe, { description: "Joe's \\ own" });
      await server.authenticate({ application_token: used.application_token }, { from: '192.0.2.9' });
      await server.flush();
    });
    after(() => server.close());

    const [billing, old, unicode, joes] = ['Billing, nightly', 'billing (old)', 'Ünïcode* 100%_', "Joe's \\ own"];

    test('a collection is a bare array by id, with its metadata in headers', async () => {
      const answer = await list();
      assert.deepEqual(
        answer.json.map((token: { id: number }) => token.id),
        [1, 2, 3, 4],
      );
      assert.deepEqual(pageOf(answer), ['4', '1', '1', '100']);
      assert.deepEqual(linksOf(answer), { first: { page: '1' }, last: { page: '1' } });
    });

    test('pages follow each other by their links, which keep every other parameter', async () => {
      const query = `?sort=-created&q=${encodeURIComponent('description:*')}&per_page=3&page=`;
      const first = await list(`${query}1`);
      const rest = { sort: '-created', q: 'description:*', per_page: '3' };
      assert.deepEqual(pageOf(first), ['4', '2', '1', '3']);
      assert.deepEqual(linksOf(first), {
        first: { ...rest, page: '1' },
        next: { ...rest, page: '2' },
        last: { ...rest, page: '2' },
      });
      const second = await list(`?${new URLSearchParams(linksOf(first)['next'])}`);
      assert.deepEqual(linksOf(second)['prev'], { ...rest, page: '1' });
      assert.equal(linksOf(second)['next'], undefined);
      const ids = [...first.json, ...second.json].map((token: { id: number }) => token.id);
      assert.deepEqual(ids.sort(), [1, 2, 3, 4]);
    });

    test('page and per_page out of range are moved into it', async () => {
      const cases = [
        ['page=0', '1', '100', 4],
        ['page=-7', '1', '100', 4],
        ['page=99', '1', '100', 4],
        ['page=99&per_page=3', '2', '3', 1],
        ['per_page=0', '1', '100', 4],
        ['per_page=-1', '1', '100', 4],
        ['per_page=5000', '1', '1000', 4],
        ['per_page=99999999999999999999', '1', '1000', 4],
        ['page=99999999999999999999', '1', '100', 4],
      ] as const;
      for (const [query, page, perPage, rows] of cases) {
        const answer = await list(`?${query}`);
        assert.equal(answer.status, 200, query);
        const [, , current, count] = pageOf(answer);
        assert.deepEqual([current, count, answer.json.length], [page, perPage, rows], query);
      }
      for (const query of ['page=x', 'per_page=1.5', 'page=1&page=2']) {
        const answer = await list(`?${query}`);
        assert.deepEqual([answer.status, answer.json.error_code], [422, 1301], query);
      }
    });

    test('a collection without rows has one empty page', async () => {
      const answer = await list('?q=id:999');
      assert.deepEqual([answer.json, ...pageOf(answer)], [[], '0', '1', '1', '100']);
    });

    test('texts are filtered with wildcards and without regard to case, and a filter is no pattern of SQL', async () => {
      assert.deepEqual(await q('description:billing*'), [billing, old]);
      assert.deepEqual(await q('description:*NIGHTLY'), [billing]);
      assert.deepEqual(await q('description:billing\\, nightly'), [billing]);
      assert.deepEqual(await q('description:billing'), []);
      assert.deepEqual(await q('description:ÜNÏ*'), [unicode]);
      assert.deepEqual(await q('description:*\\**'), [unicode]);
      assert.deepEqual(await q('description:%'), []);
      assert.deepEqual(await q('description:*0%*'), [unicode]);
      assert.deepEqual(await q('description:*_'), [unicode]);
      assert.deepEqual(await q('description:b_lling*'), []);
      assert.deepEqual(await q("description:joe's*"), [joes]);
      assert.deepEqual(await q("description:' OR 1=1 --"), []);
    });

    test('every published property and ours can be filtered on', async () => {
      assert.deepEqual(await q('id:2'), [old]);
      assert.deepEqual(await q('status:1'), [old]);
      assert.deepEqual(await q('status:0'), [billing, joes, unicode].sort());
      assert.deepEqual(await q('created:2027-03-11'), [old]);
      assert.deepEqual(await q('expiry_date:2027-10'), [billing]);
      assert.deepEqual(await q('ip:10.0.0.0/8'), [old]);
      assert.deepEqual(await q('ip:2001:db8*'), [unicode]);
      assert.deepEqual(await q('creator:joe@example.com'), [joes]);
      assert.deepEqual(await q('creator:JANE*'), [billing, old, unicode].sort());
      assert.deepEqual(await q('organisation:1'), [billing, joes, old, unicode].sort());
      assert.deepEqual(await q('last_used:2027'), [joes]);
      assert.deepEqual(await q('last_used_ip:192.0.2.9'), [joes]);
      assert.deepEqual(await q('prefix:kwt_*'), [billing, joes, old, unicode].sort());
    });

    test('every filter must hold, whether in one parameter or in several', async () => {
      assert.deepEqual(await q('description:billing*,status:1'), [old]);
      assert.deepEqual(await q('status:1,status:0'), []);
      const answer = await list('?q=status:0&q=creator:jane*');
      assert.deepEqual(
        answer.json.map((token: { id: number }) => token.id),
        [1, 3],
      );
    });

    test('sorting goes by any field, up and down, and by several', async () => {
      assert.deepEqual(await sorted('id'), [billing, old, unicode, joes]);
      assert.deepEqual(await sorted('-id'), [joes, unicode, old, billing]);
      assert.deepEqual(await sorted('-created,id'), [unicode, joes, old, billing]);
      assert.deepEqual(await sorted('status,-id'), [joes, unicode, billing, old]);
      assert.deepEqual(await sorted('-creator,-id'), [joes, unicode, old, billing]);
      const fields = ['description', 'expiry_date', 'ip', 'organisation', 'prefix', 'last_used', 'last_used_ip'];
      for (const field of fields) assert.equal((await sorted(`-${field}`)).length, 4, field);
    });

    test('an unknown field is 422: 1301 in q, 1302 in sort', async () => {
      for (const filter of [
        'roles:1',
        'nope:1',
        '__proto__:1',
        'description',
        'id:x',
        'created:yesterday',
        'status:Active',
      ]) {
        const answer = await list(`?q=${encodeURIComponent(filter)}`);
        assert.deepEqual([answer.status, answer.json.error_code], [422, 1301], filter);
      }
      for (const sort of ['roles', 'nope', '-', '--id', 'constructor', 'id desc', 'id;DROP TABLE event']) {
        const answer = await list(`?sort=${encodeURIComponent(sort)}`);
        assert.deepEqual([answer.status, answer.json.error_code], [422, 1302], sort);
      }
    });

    test('strange query strings are answered as 200 or 422, and headers stay whole', async () => {
      const strange = [
        '?q=',
        '?sort=',
        '?q=,,',
        '?',
        '?%',
        '?q=%00',
        '?q=description:%0d%0aX-Evil:1',
        '?x[]=1&__proto__[y]=1',
        `?q=${'a:b,'.repeat(40)}`,
        '?q=description:%ff',
      ];
      for (const query of strange) {
        const answer = await list(query);
        assert.ok(answer.status === 200 || answer.status === 422, `${query} ${answer.status}`);
        assert.equal(answer.headers.get('x-evil'), null);
      }
    });

    // The last, since it turns the clock on.
    test('an expired token counts as expired from its expiry_date on', async () => {
      server.clock.advance({ days: 3 });
      await signIn();
      assert.deepEqual(await q('status:2'), [unicode]);
      assert.deepEqual((await server.call('GET', `${base}/3`, { bearer })).json.status, {
        id: 2,
        description: 'Expired',
      });
    });
  });
}
