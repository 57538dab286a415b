import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rotateSecret } from '../../packages/server/src/domain/application-token.ts';
import { tokenMeasures } from '../../packages/server/src/domain/application-token-attention.ts';
import { revokeApplicationToken } from '../../packages/server/src/domain/application-token-change.ts';
import type { ApplicationToken, User } from '../../packages/server/src/domain/records.ts';
import { activateUser, suspendUser } from '../../packages/server/src/domain/user-status.ts';
import { isRefusedBy } from '../support/followed-feed.ts';
import { prepareRevocations, type RevocationScene } from '../support/revocation-scene.ts';
import { storeKinds, testActor } from '../support/test-server.ts';

/** What a way of ending tokens is tried with. */
interface Subject {
  readonly scene: RevocationScene;
  readonly admin: string;
  readonly maker: User;
  readonly id: number;
  readonly secret: string;
  readonly found: ApplicationToken;
}

/** A way in which the auth tokens of an application token end. */
interface Way {
  readonly name: string;
  readonly end: (subject: Subject) => Promise<unknown>;
  /** What has to be done for it to work again; it never does where absent. */
  readonly restore?: (subject: Subject) => Promise<unknown>;
  /** Whether the secret stays the same; true where absent. */
  readonly keepsSecret?: false;
}

const call = async ({ scene, admin }: Subject, method: string, path: string, body?: object): Promise<unknown> => {
  const answer = await scene.server.call(method, path, { bearer: admin, ...(body === undefined ? {} : { body }) });
  assert.ok(answer.status < 300, answer.text);
  return answer.json;
};
const placeOf = ({ maker, scene }: Subject): string => `/api/v2/user/${maker.id}/workspace/${scene.organisation.id}`;
const nothing = async (): Promise<void> => undefined;

const ways: readonly Way[] = [
  { name: 'revoked', end: (s) => call(s, 'PATCH', `/api/v1/application_token/${s.id}`, { status: { id: 1 } }) },
  {
    name: 'revoked by the command line',
    end: (s) => revokeApplicationToken(s.scene.server.service, testActor, s.found),
  },
  { name: 'of a maker who was deleted', end: (s) => call(s, 'DELETE', `/api/v1/user/${s.maker.id}`) },
  {
    name: 'handed over by a deletion',
    end: async (s) => {
      const heir = await s.scene.addUser();
      await call(s, 'DELETE', `/api/v1/user/${s.maker.id}?transfer_to=${heir.id}`);
    },
    restore: nothing,
  },
  {
    name: 'of a maker who was suspended',
    end: (s) => call(s, 'PATCH', `/api/v1/user/${s.maker.id}`, { status: { id: 2 } }),
    restore: (s) => call(s, 'PATCH', `/api/v1/user/${s.maker.id}`, { status: { id: 1 } }),
  },
  {
    name: 'of a maker who was suspended by the command line',
    end: (s) => suspendUser(s.scene.server.service, testActor, s.maker.id),
    restore: (s) => activateUser(s.scene.server.service, testActor, s.maker.id),
  },
  {
    name: 'of a maker whose username is yet to be confirmed',
    end: (s) => call(s, 'PATCH', `/api/v1/user/${s.maker.id}`, { username: `renamed${s.maker.id}@example.com` }),
    restore: (s) => activateUser(s.scene.server.service, testActor, s.maker.id),
  },
  {
    name: 'of a maker who was suspended in the workspace',
    end: (s) => call(s, 'PATCH', placeOf(s), { status: { id: 2 } }),
    restore: (s) => call(s, 'PATCH', placeOf(s), { status: { id: 1 } }),
  },
  {
    name: 'of a maker who was taken from the workspace',
    end: (s) => call(s, 'DELETE', placeOf(s)),
    restore: (s) => call(s, 'PUT', `/api/v1/user/${s.maker.id}/role/2`),
  },
  {
    name: 'of a maker whose last role there was taken',
    end: (s) => call(s, 'DELETE', `/api/v1/user/${s.maker.id}/role/2`),
    restore: (s) => call(s, 'PUT', `/api/v1/user/${s.maker.id}/role/2`),
  },
  {
    name: 'restricted to another network',
    end: (s) => call(s, 'PATCH', `/api/v1/application_token/${s.id}`, { ip: '127.0.0.0/8' }),
    restore: nothing,
  },
  {
    name: 'that got a new secret',
    end: (s) => rotateSecret(s.scene.server.service, testActor, s.found, 0),
    keepsSecret: false,
  },
];

for (const store of storeKinds) {
  describe(`auth tokens of application tokens, on ${store}`, () => {
    let scene: RevocationScene;
    before(async () => {
      scene = await prepareRevocations({ store });
    });
    after(() => scene.close());

    async function prepare(): Promise<Subject> {
      const maker = await scene.addUser();
      const bearer = (await scene.server.signIn(maker.username)).auth_token;
      const { application_token: secret, id } = await scene.server.createToken(bearer);
      const { service } = scene.server;
      const scope = { organisationIds: [scene.organisation.id], ...tokenMeasures(service) };
      const found = await service.database.findApplicationToken(id, scope);
      assert.ok(found);
      return { scene, admin: await scene.admin(), maker, id, secret, found };
    }

    async function bystander(): Promise<string> {
      return scene.exchange((await scene.server.createToken(await scene.admin())).application_token);
    }

    for (const { name, end, restore, keepsSecret } of ways) {
      test(`those of one ${name} are ended by the feed, and what it is exchanged for afterwards is good`, async () => {
        const subject = await prepare();
        const ended = [await scene.exchange(subject.secret)];
        const kept = [await bystander()];
        if (restore === undefined) {
          await scene.assertEnds(() => end(subject), { ended, kept });
          if (keepsSecret === undefined) {
            assert.equal((await scene.server.authenticate({ application_token: subject.secret })).status, 401);
          }
          return;
        }
        const given = async (): Promise<string> => {
          await restore(subject);
          return scene.exchange(subject.secret);
        };
        await scene.assertEnds(() => end(subject), { ended, kept, given });
      });
    }

    test('what changes nothing about them ends none: a description, a wider network, a later expiry date, a role', async () => {
      const subject = await prepare();
      const path = `/api/v1/application_token/${subject.id}`;
      await call(subject, 'PATCH', path, { ip: '127.0.0.0/16', expiry_date: '2027-06-01' });
      const kept = [await scene.exchange(subject.secret)];
      await scene.assertEnds(
        async () => {
          const changes = [
            { description: 'Other' },
            { ip: '127.0.0.0/8' },
            { expiry_date: '2027-07-01' },
            { ip: null },
          ];
          for (const change of changes) await call(subject, 'PATCH', path, change);
          await call(subject, 'PUT', `/api/v1/user/${subject.maker.id}/role/3`);
          await call(subject, 'DELETE', `/api/v1/user/${subject.maker.id}/role/2`);
        },
        { ended: [], kept },
      );
    });

    test('those of the secret before end with its overlap, and those of the new one go on', async () => {
      const subject = await prepare();
      const early = await scene.exchange(subject.secret);
      const rotated = await rotateSecret(scene.server.service, testActor, subject.found, 3600);
      const late = await scene.exchange(subject.secret);
      const given = await scene.exchange(rotated.application_token);
      assert.deepEqual(await scene.entries(), []);
      scene.server.clock.advance({ minutes: 59 });
      assert.deepEqual(await scene.entries(), []);
      const again = () => scene.exchange(rotated.application_token);
      const atEnd = async () => scene.server.clock.advance({ minutes: 1 });
      await scene.assertEnds(atEnd, { ended: [early, late], kept: [given], given: again });
    });

    test('what ends all of them during an overlap leaves both secrets good, and the overlap ends as it would', async () => {
      const subject = await prepare();
      const rotated = await rotateSecret(scene.server.service, testActor, subject.found, 3600);
      const [old, young] = [await scene.exchange(subject.secret), await scene.exchange(rotated.application_token)];
      const restrict = () => call(subject, 'PATCH', `/api/v1/application_token/${subject.id}`, { ip: '127.0.0.0/8' });
      await scene.assertEnds(restrict, {
        ended: [old, young],
        kept: [],
        given: () => scene.exchange(subject.secret),
      });
      const [oldAgain, youngAgain] = [
        await scene.exchange(subject.secret),
        await scene.exchange(rotated.application_token),
      ];
      const atEnd = async () => scene.server.clock.advance({ minutes: 60 });
      await scene.assertEnds(atEnd, { ended: [oldAgain], kept: [youngAgain] });
    });

    test('rotating twice ends those of the oldest secret at once', async () => {
      const subject = await prepare();
      const oldest = await scene.exchange(subject.secret);
      const second = await rotateSecret(scene.server.service, testActor, subject.found, 3600);
      const before = await scene.exchange(second.application_token);
      const third = () => rotateSecret(scene.server.service, testActor, subject.found, 3600);
      await scene.assertEnds(third, { ended: [oldest], kept: [before] });
      const atEnd = async () => scene.server.clock.advance({ minutes: 60 });
      await scene.assertEnds(atEnd, { ended: [before], kept: [] });
    });

    test('those that outlive an earlier expiry date end when it comes, and go on where it is taken back', async () => {
      const subject = await prepare();
      const inMinutes = (minutes: number): string =>
        new Date(scene.server.clock.now() + minutes * 60_000).toISOString();
      const path = `/api/v1/application_token/${subject.id}`;
      const early = await scene.exchange(subject.secret);
      await call(subject, 'PATCH', path, { expiry_date: inMinutes(60) });
      await call(subject, 'PATCH', path, { expiry_date: inMinutes(30) });
      await call(subject, 'PATCH', path, { expiry_date: inMinutes(120) });
      const late = await scene.exchange(subject.secret);
      scene.server.clock.advance({ minutes: 61 });
      assert.deepEqual(await scene.entries(), []);
      const atEnd = async () => scene.server.clock.advance({ minutes: 59 });
      await scene.assertEnds(atEnd, { ended: [early], kept: [late] });

      const spared = await prepare();
      const token = await scene.exchange(spared.secret);
      await call(spared, 'PATCH', `/api/v1/application_token/${spared.id}`, { expiry_date: inMinutes(30) });
      await call(spared, 'PATCH', `/api/v1/application_token/${spared.id}`, { expiry_date: null });
      scene.server.clock.advance({ minutes: 31 });
      assert.ok(!isRefusedBy(await scene.entries(), token));
    });
  });
}
