import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setPassword } from '../../packages/server/src/domain/password-change.ts';
import type { User } from '../../packages/server/src/domain/records.ts';
import { resetSecondFactors } from '../../packages/server/src/domain/second-factor-removal.ts';
import { addOperator, removeOperator } from '../../packages/server/src/domain/support.ts';
import { activateUser, suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { followFeed, isRefusedBy } from '../support/followed-feed.ts';
import { PortalBrowser } from '../support/portal.ts';
import { keyOf, takeMails } from '../support/received-mail.ts';
import { prepareRevocations, type RevocationScene } from '../support/revocation-scene.ts';
import { claimsOf, storeKinds, testActor, testPassword } from '../support/test-server.ts';

const newPassword = 'quaint otters juggle lemons';

interface Subject {
  readonly scene: RevocationScene;
  readonly admin: string;
  readonly user: User;
  /** Two sessions of the user's. */
  readonly here: { readonly auth_token: string; readonly refresh_token: string };
  readonly there: { readonly auth_token: string; readonly refresh_token: string };
}

/** A way in which auth tokens of a user end, and which of the two sessions' do. */
interface Way {
  readonly name: string;
  readonly end: (subject: Subject) => Promise<unknown>;
  readonly keepsHere?: true;
  /** What has to be done for the user to get in again. */
  readonly restore?: (subject: Subject) => Promise<unknown>;
  readonly password?: string;
  /** Where nobody signs in as this user any more. */
  readonly isFinal?: true;
}

const call = async ({ scene }: Subject, bearer: string, method: string, path: string, body?: object) => {
  const answer = await scene.server.call(method, path, { bearer, ...(body === undefined ? {} : { body }) });
  assert.ok(answer.status < 300, answer.text);
  return answer.json;
};
const sidOf = (token: string): unknown => claimsOf(token)['sid'];
const placeOf = ({ user, scene }: Subject): string => `/api/v2/user/${user.id}/workspace/${scene.organisation.id}`;

async function resetPassword({ scene, user: { username } }: Subject): Promise<void> {
  await takeMails(scene.server);
  await scene.server.call('POST', '/api/v1/user/password_reset', { body: { username } });
  const activationKey = keyOf((await takeMails(scene.server)).find(({ to }) => to === username));
  const body = { activationKey, password: newPassword };
  assert.equal((await scene.server.call('POST', '/api/v1/user/activation', { body })).status, 204);
}

const ways: readonly Way[] = [
  {
    name: 'who was suspended',
    end: (s) => call(s, s.admin, 'PATCH', `/api/v1/user/${s.user.id}`, { status: { id: 2 } }),
    restore: (s) => call(s, s.admin, 'PATCH', `/api/v1/user/${s.user.id}`, { status: { id: 1 } }),
  },
  {
    name: 'who was suspended by the command line',
    end: (s) => suspendUser(s.scene.server.service, testActor, s.user.id),
    restore: (s) => activateUser(s.scene.server.service, testActor, s.user.id),
  },
  { name: 'who was deleted', end: (s) => call(s, s.admin, 'DELETE', `/api/v1/user/${s.user.id}`), isFinal: true },
  {
    name: 'who changes the password, but for the session that does,',
    end: (s) =>
      call(s, s.here.auth_token, 'PATCH', '/api/v1/user/password', {
        old_password: testPassword,
        new_password: newPassword,
      }),
    keepsHere: true,
    password: newPassword,
  },
  {
    name: 'whose password an operator set',
    end: (s) => setPassword(s.scene.server.service, testActor, s.user.id, newPassword),
    password: newPassword,
  },
  { name: 'who reset the password by mail', end: resetPassword, password: newPassword },
  {
    name: 'who signs out of a session, of that one alone,',
    end: (s) => call(s, s.here.auth_token, 'DELETE', `/api/v1/user/my/session/${sidOf(s.there.auth_token)}`),
    keepsHere: true,
  },
  { name: 'who signs out everywhere', end: (s) => call(s, s.here.auth_token, 'DELETE', '/api/v1/user/my/session') },
  {
    name: 'who signs out everywhere else',
    end: (s) => call(s, s.here.auth_token, 'DELETE', '/api/v1/user/my/session?keep_current=true'),
    keepsHere: true,
  },
  {
    name: 'whose sessions an administrator ended',
    end: (s) => call(s, s.admin, 'DELETE', `/api/v1/user/${s.user.id}/session`),
  },
  {
    name: 'whose second factors were reset',
    end: (s) => resetSecondFactors(s.scene.server.service, testActor, s.user.id),
  },
  {
    name: 'whose username is yet to be confirmed',
    end: (s) => call(s, s.admin, 'PATCH', `/api/v1/user/${s.user.id}`, { username: `renamed${s.user.id}@example.com` }),
    isFinal: true,
  },
  {
    name: 'who was suspended in the workspace',
    end: (s) => call(s, s.admin, 'PATCH', placeOf(s), { status: { id: 2 } }),
    restore: (s) => call(s, s.admin, 'PATCH', placeOf(s), { status: { id: 1 } }),
  },
  {
    name: 'who was taken from the workspace',
    end: (s) => call(s, s.admin, 'DELETE', placeOf(s)),
    restore: (s) => call(s, s.admin, 'PUT', `/api/v1/user/${s.user.id}/role/2`),
  },
  { name: 'who left the workspace', end: (s) => call(s, s.here.auth_token, 'DELETE', placeOf(s)), isFinal: true },
  {
    name: 'whose last role in the workspace was taken',
    end: (s) => call(s, s.admin, 'DELETE', `/api/v1/user/${s.user.id}/role/2`),
    restore: (s) => call(s, s.admin, 'PUT', `/api/v1/user/${s.user.id}/role/2`),
  },
];

for (const store of storeKinds) {
  describe(`auth tokens of users, on ${store}`, () => {
    let scene: RevocationScene;
    before(async () => {
      scene = await prepareRevocations({ store, env: { KEYWRIGHT_REFRESH_ROTATION: 'on' } });
    });
    after(() => scene.close());

    async function prepare(user?: User): Promise<Subject> {
      const subject = user ?? (await scene.addUser());
      const [here, there] = [await scene.server.signIn(subject.username), await scene.server.signIn(subject.username)];
      return { scene, admin: await scene.admin(), user: subject, here, there };
    }

    for (const { name, end, keepsHere, restore, password, isFinal } of ways) {
      test(`those of one ${name} are ended by the feed, and those that are given afterwards are good`, async () => {
        const subject = await prepare();
        const { here, there, user, admin } = subject;
        const signIn = async (): Promise<string> => {
          await restore?.(subject);
          return (await scene.server.signIn(user.username, password)).auth_token;
        };
        await scene.assertEnds(() => end(subject), {
          ended: [there.auth_token, ...(keepsHere ? [] : [here.auth_token])],
          kept: [admin, ...(keepsHere ? [here.auth_token] : [])],
          ...(isFinal ? {} : { given: signIn }),
        });
      });
    }

    test('those of a session that was signed out of at the portal end, and those of another session go on', async () => {
      const { user, here } = await prepare();
      const browser = new PortalBrowser(scene.server);
      const { auth_token } = (await browser.signIn({ username: user.username, password: testPassword })).json;
      await scene.assertEnds(() => browser.signOut(), { ended: [auth_token], kept: [here.auth_token] });
    });

    test('those of a session whose refresh token was used again end', async () => {
      const { here, there } = await prepare();
      const refresh = () => scene.server.authenticate({ refresh_token: there.refresh_token });
      const second: string = (await refresh()).json.auth_token;
      scene.server.clock.advance({ seconds: 31 });
      await scene.assertEnds(refresh, { ended: [there.auth_token, second], kept: [here.auth_token] });
    });

    test('those of an operator who supports a user end with the operator, and the others of the user go on', async () => {
      const operator = await scene.addUser('Administrator');
      await addOperator(scene.server.service, testActor, operator);
      const { user, here } = await prepare(await scene.addUser('Administrator'));
      const support = async (): Promise<string> => {
        const { auth_token: bearer } = await scene.server.signIn(operator.username);
        const made = await scene.server.call('POST', `/api/v2/user/${user.id}/support_token`, { bearer, body: {} });
        assert.equal(made.status, 201, made.text);
        return made.json.support_token;
      };
      const [first, second, third] = [await support(), await support(), await support()];
      const signOut = () =>
        scene.server.call('DELETE', `/api/v1/user/my/session/${sidOf(first)}`, { bearer: here.auth_token });
      await scene.assertEnds(signOut, { ended: [first], kept: [second, third, here.auth_token] });
      const suspend = () => suspendUser(scene.server.service, testActor, operator.id);
      await scene.assertEnds(suspend, { ended: [second, third], kept: [here.auth_token] });
      await activateUser(scene.server.service, testActor, operator.id);
      const fourth = await support();
      const remove = () => removeOperator(scene.server.service, testActor, operator);
      await scene.assertEnds(remove, { ended: [fourth], kept: [here.auth_token] });
    });

    test('a change of roles that leaves some ends none', async () => {
      const subject = await prepare();
      const kept = [subject.here.auth_token, subject.there.auth_token];
      const change = async (): Promise<void> => {
        await call(subject, subject.admin, 'PUT', `/api/v1/user/${subject.user.id}/role/1`);
        await call(subject, subject.admin, 'DELETE', `/api/v1/user/${subject.user.id}/role/1`);
      };
      await scene.assertEnds(change, { ended: [], kept });
    });

    test('whoever is taken from one workspace goes on in another, with new tokens of the same sessions', async () => {
      const subject = await prepare();
      const { user, here } = subject;
      const { database } = scene.server.service;
      const place = { userId: user.id, organisationId: scene.other.id, roles: 4, status: 1 } as const;
      await database.insertAssignment({ ...place, createdAt: scene.server.clock.now() });
      const target_organisation = { id: scene.other.id };
      const path = '/api/v1/authenticate/workspace';
      const { auth_token } = await call(subject, here.auth_token, 'POST', path, { target_organisation });
      await scene.assertEnds(() => call(subject, subject.admin, 'DELETE', placeOf(subject)), {
        ended: [here.auth_token, auth_token],
        kept: [],
        given: async () => (await scene.server.authenticate({ refresh_token: here.refresh_token })).json.auth_token,
      });
    });

    test('each organisation is told of those who work in it or in its direct children, and of nobody else', async () => {
      const child = await scene.server.addOrganisation('Child', scene.organisation.id);
      const grandchild = await scene.server.addOrganisation('Grandchild', child.id);
      const follow = async (organisationId: number) => {
        const { username } = await scene.addUser('Observer', organisationId);
        const feed = await followFeed(scene.server.url, (await scene.server.signIn(username)).auth_token);
        await feed.untilCurrent();
        return feed;
      };
      const organisations = [scene.organisation, scene.other, child, grandchild];
      const feeds = await Promise.all(organisations.map(({ id }) => follow(id)));
      /** By which feeds a token is ended that a user has in an organisation. */
      const seenBy = async (organisationId: number, role: 'User' | 'SuperAdmin' = 'User'): Promise<boolean[]> => {
        const { user, here } = await prepare(await scene.addUser(role, organisationId));
        await suspendUser(scene.server.service, testActor, user.id);
        scene.server.clock.advance({ seconds: 2 });
        await scene.server.service.revocations.check();
        const found = await Promise.all(feeds.map((feed) => feed.untilCurrent()));
        return found.map((entries) => isRefusedBy(entries, here.auth_token));
      };
      assert.deepEqual(await seenBy(scene.organisation.id), [true, false, false, false]);
      assert.deepEqual(await seenBy(scene.other.id), [false, true, false, false]);
      assert.deepEqual(await seenBy(child.id), [true, false, true, false]);
      assert.deepEqual(await seenBy(grandchild.id), [false, false, true, true]);
      assert.deepEqual(await seenBy(scene.organisation.id, 'SuperAdmin'), [true, false, true, false]);
      // A place that is taken is told of where it was, and where the user still has one.
      const guest = await prepare(await scene.addUser('User', scene.other.id));
      const place = { userId: guest.user.id, organisationId: child.id, roles: 4, status: 1 } as const;
      await scene.server.service.database.insertAssignment({ ...place, createdAt: scene.server.clock.now() });
      await call(guest, guest.admin, 'DELETE', `/api/v2/user/${guest.user.id}/workspace/${child.id}`);
      scene.server.clock.advance({ seconds: 2 });
      await scene.server.service.revocations.check();
      const found = await Promise.all(feeds.map((feed) => feed.untilCurrent()));
      assert.deepEqual(
        found.map((entries) => isRefusedBy(entries, guest.here.auth_token)),
        [true, true, true, false],
      );
      await Promise.all(feeds.map((feed) => feed.close()));
      await scene.entries();
    });

    test('an auth token does not outlive its session', async () => {
      const { here } = await prepare();
      scene.server.clock.advance({ days: 29, minutes: 23 * 60 });
      const { auth_token } = (await scene.server.authenticate({ refresh_token: here.refresh_token })).json;
      const { exp } = claimsOf(auth_token);
      const { exp: sessionEnd } = claimsOf(here.refresh_token);
      assert.equal(exp, sessionEnd);
    });
  });
}
