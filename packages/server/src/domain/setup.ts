import { createHash } from 'node:crypto';
import type { Setup } from '@keywright/contract';
import { findUserProblems, insertActiveUser, prepareUser } from './active-user.ts';
import { requireWithinLimits } from './attempt-limit.ts';
import { encodeBase64url } from './base64url.ts';
import { invalidInput, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { findNameProblems } from './name.ts';
import type { Actor, Client, Service } from './service.ts';
import { changeState } from './state-change.ts';

/** Whether there is a user already, so that no first administrator can be made. */
export async function isSetUp(service: Service): Promise<boolean> {
  return service.database.hasUsers();
}

/** Makes a key for the one-time set-up link while there is no user at all; only its hash is kept. */
export async function issueSetupKey(service: Service): Promise<string | undefined> {
  if (await isSetUp(service)) return undefined;
  const key = encodeBase64url(service.random.bytes(32));
  await service.database.insertSetupKey(hashKey(key), service.clock.now());
  return key;
}

/**
 * Makes the first organisation and its administrator (contract §3), once.
 *
 * @param input read only once the key is known to be good
 * @throws Refusal InvalidToken where the key is unknown or was used, or there is a user already
 * @throws Refusal InputValidationFailed with every problem listed; the key then still works
 */
export async function setUp(service: Service, setupKey: string, input: () => Setup, client: Client): Promise<void> {
  requireWithinLimits(service, client, { guesses: true });
  const keyHash = hashKey(setupKey);
  if (!(await service.database.hasSetupKey(keyHash))) throw wrongKey();
  const asked = input();
  const problems = [
    ...findNameProblems(asked.organisation, 'organisation'),
    ...(await findUserProblems(service, asked)),
  ];
  if (problems.length > 0) throw invalidInput(problems);
  const prepared = await prepareUser(service, { ...asked, role: 'Administrator' });
  const actor: Actor = { client, userId: null, name: 'set-up' };
  await changeState(service, async (stores) => {
    await stores.lock('setup');
    if (!(await stores.hasSetupKey(keyHash)) || (await stores.hasUsers())) throw wrongKey();
    await stores.deleteSetupKeys();
    const organisation = await stores.insertOrganisation({
      name: asked.organisation.trim(),
      parentId: null,
      createdAt: service.clock.now(),
    });
    const { user, event } = await insertActiveUser(service, stores, actor, prepared, organisation.id);
    const completed = eventOf(service, client, {
      type: 'SetupCompleted',
      organisationId: organisation.id,
      userId: user.id,
      description: `${user.username} set Keywright up`,
    });
    return { result: undefined, events: [event, completed] };
  });
}

function hashKey(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}

function wrongKey(): Refusal {
  return new Refusal('InvalidToken', {
    message: 'The set-up link is not valid, or was used already',
    reason: 'wrong set-up key',
  });
}
