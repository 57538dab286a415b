import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { normaliseUsername } from '../../packages/server/src/domain/username.ts';
import { type BadInputScene, openBadInputScene } from '../support/bad-input-scene.ts';
import { naughtyTexts } from '../support/naughty-texts.ts';
import type { ProbeAnswer } from '../support/probe.ts';
import { storeKinds } from '../support/test-server.ts';

const control = /[\p{Cc}\u2028\u2029]/u;
/** What shows nothing or turns the order of text, as Unicode 17 has it, but for joiners, variation selectors and U+034F. */
const hidden =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]/u;
const unseen = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;
const countCharacters = (text: string): number => [...text].length;

/** What the API reference says that a description may be. */
function isDescription(text: string): boolean {
  const isShown = !control.test(text.replace(/[\r\n\u2028\u2029]/g, '')) && !hidden.test(text);
  return text.isWellFormed() && isShown && countCharacters(text) <= 512;
}

/** What it says that a name may be, without the space around it. */
function isName(text: string): boolean {
  const isShown = !unseen.test(text) && !control.test(text) && !hidden.test(text);
  return isShown && text.isWellFormed() && countCharacters(text) <= 200;
}

/** That a text was refused, by the name of its property. */
function requireRefused(answer: ProbeAnswer, property: string, name: string): void {
  assert.deepEqual([answer.status, answer.json.error_code], [422, 1400], `${name}: ${answer.text}`);
  const messages = answer.json.errors.map(({ message }: { message: string }) => message);
  assert.match(messages.join('\n'), new RegExp(`\\b${property}\\b`), name);
}

/** Every character with a meaning of its own in a filter stands for itself after a backslash. */
const asFilter = (text: string): string => encodeURIComponent(text.replaceAll(/[\\,*]/g, '\\$&'));

/** What counts as the same in a filter; SQLite takes what is no character, and what stands for one, for the same. */
const fold = (text: string): string => text.toLowerCase().replaceAll(/[\ufffe\uffff]/g, '\ufffd');

for (const kind of storeKinds) {
  describe(`naughty texts on ${kind}`, () => {
    let scene: BadInputScene;

    before(async () => {
      scene = await openBadInputScene(kind);
    });
    after(() => scene.close());

    /** Sets a text property to each text, and requires that it then has that value, or the one before. */
    async function setEach(path: string, property: string, options: { mayBe(text: string): boolean; trims: boolean }) {
      const read = async () => (await scene.send('GET', path)).json[property];
      let expected = await read();
      for (const { name, text } of naughtyTexts) {
        const kept = options.trims ? text.trim() : text;
        const answer = await scene.send('PATCH', path, { body: { [property]: text } });
        if (options.mayBe(kept)) {
          assert.equal(answer.status, 204, `${name}: ${answer.text}`);
          expected = kept;
        } else requireRefused(answer, property, name);
        assert.equal(await read(), expected, name);
      }
    }

    test('a description comes back byte for byte, or is 422', () =>
      setEach(`/api/v1/application_token/${scene.tokenId}`, 'description', { mayBe: isDescription, trims: false }));

    test("a user's name comes back byte for byte but for the space around it, or is 422", () =>
      setEach('/api/v1/user/my', 'name', { mayBe: isName, trims: true }));

    test("an organisation's name comes back byte for byte but for the space around it, or is 422", () =>
      setEach('/api/v1/organisation/my', 'name', { mayBe: isName, trims: true }));

    test('a username comes back as it was given and finds its user, or is 422', async () => {
      const taken = new Set([normaliseUsername(scene.username)]);
      let made = 0;
      for (const { name, text } of naughtyTexts) {
        const username = `${text}@example.net`;
        const answer = await scene.send('POST', '/api/v1/user', { body: { username, name: 'x' } });
        if (taken.has(normaliseUsername(username))) {
          assert.ok(answer.status === 409 || answer.status === 422, `${name}: ${answer.text}`);
          continue;
        }
        if (answer.status !== 201) {
          requireRefused(answer, 'username', name);
          continue;
        }
        taken.add(normaliseUsername(username));
        made += 1;
        const byId = await scene.send('GET', String(answer.headers.location));
        assert.equal(byId.json.username, username.trim(), name);
        const byName = await scene.send('GET', `/api/v1/user/${encodeURIComponent(username)}`);
        assert.deepEqual([byName.status, byName.json.id], [200, byId.json.id], name);
        const filtered = await scene.send('GET', `/api/v1/user?q=username:${asFilter(username.trim())}`);
        assert.deepEqual(
          filtered.json.map(({ id }: { id: number }) => id),
          [byId.json.id],
          name,
        );
      }
      assert.ok(made > 50, `${made} usernames`);
    });

    test('a name that nobody has is refused like any other, and its event is one line', async () => {
      for (const { name, text } of naughtyTexts.filter((_, index) => index % 4 === 0)) {
        const answer = await scene.send('POST', '/api/v1/authenticate', {
          body: { username: text, password: 'wrong' },
        });
        assert.ok(answer.status === 401 || answer.status === 422, `${name}: ${answer.text}`);
      }
      await scene.server.flush();
      const events = await scene.send('GET', '/api/v1/event?per_page=1000');
      assert.ok(events.json.length > 50);
      for (const { description } of events.json) assert.doesNotMatch(description, control);
    });

    test('a filter finds the text that it names', async () => {
      const texts = naughtyTexts.filter(({ text }) => text !== '' && isDescription(text));
      for (const { name, text } of texts) {
        const { status, json } = await scene.send('POST', '/api/v1/application_token', { body: { description: text } });
        assert.equal(status, 200, name);
        const found = await scene.send('GET', `/api/v1/application_token?q=description:${asFilter(text)}`);
        assert.equal(found.status, 200, `${name}: ${found.text}`);
        const same = found.json.find(({ id }: { id: number }) => id === json.id);
        assert.equal(same?.description, text, name);
        for (const other of found.json) {
          assert.equal(fold(other.description), fold(text), `${name} finds nothing else`);
        }
      }
    });

    test('whatever stands in a query or a path is answered with what there is, or refused', async () => {
      const lists = ['/api/v1/application_token', '/api/v1/user', '/api/v1/event', '/api/v1/user/my/event'];
      const short = naughtyTexts.filter(({ text }) => text.length <= 2048);
      for (const [index, { name, text }] of short.entries()) {
        const encoded = encodeURIComponent(text.toWellFormed());
        const queries = [
          `q=description:${encoded}`,
          `sort=${encoded}`,
          `q=${encoded}`,
          `${encoded}=1`,
          `q=id:${encoded}`,
        ];
        const query = queries[index % queries.length] ?? '';
        const answer = await scene.send('GET', `${lists[index % lists.length]}?${query}`);
        const refusal = query.startsWith('q') ? 1301 : 1302;
        if (answer.status !== 200) assert.deepEqual([answer.status, answer.json.error_code], [422, refusal], name);
        const { status } = await scene.send('GET', `/api/v1/user/${encoded}`);
        assert.ok(status === 404 || (status === 200 && /^(?:my|)$|^\d/.test(text)), `${name}: ${status}`);
      }
    });

    test('after all of it the server answers, nothing is lost, and no failure was logged', () => scene.requireIntact());
  });
}
