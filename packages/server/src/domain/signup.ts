import type { SignUp } from '@keywright/contract';
import { activationLink, KeyRefusal, keyLifeMs, signActivationKey } from './activation-key.ts';
import { findUserProblems, insertActiveUser } from './active-user.ts';
import { invalidInput, Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { mailActivation } from './invitation.ts';
import { enqueueMail, mailTo } from './mail.ts';
import type { Language } from './mail-port.ts';
import { requestMail, type SignUpContent } from './mail-request.ts';
import { requireMailRoom } from './mail-room.ts';
import { findNameProblems } from './name.ts';
import type { Stores } from './ports.ts';
import { drawId } from './random-id.ts';
import type { NewEvent } from './records.ts';
import { roleSet } from './role.ts';
import type { Actor, Client, Service } from './service.ts';
import { type StoredSignUp, sealedSignUpPurpose } from './signup-port.ts';
import { changeState } from './state-change.ts';
import { organisationToTell } from './unconfirmed-username.ts';
import { normaliseUsername } from './username.ts';

/**
 * Takes a sign-up (contract §6): a mail asks for its confirmation, and only with that the user and the organisation come
 * to be. The answer is the same, after the same work, whether the username is free or not.
 *
 * The password is looked at, so that whoever means it learns what is wrong with it, and not kept: it may be a stranger's.
 *
 * @param input read only once it is known that sign-up is open
 * @throws Refusal Forbidden where sign-up is not open; InputValidationFailed; TooManyRequests
 */
export async function signUp(service: Service, input: () => SignUp, language: Language, client: Client): Promise<void> {
  if (service.settings.signUp !== 'open') {
    throw new Refusal('Forbidden', { message: 'Nobody can sign up here: ask an administrator for an invitation' });
  }
  const asked = input();
  const problems = [
    ...(await findUserProblems(service, asked)),
    ...findNameProblems(asked.organisation, 'organisation'),
  ];
  if (problems.length > 0) throw invalidInput(problems);
  requireMailRoom(service, 'signup', asked.username, client);
  const usernameKey = normaliseUsername(asked.username);
  const content: SignUpContent = {
    username: asked.username.trim(),
    name: asked.name.trim(),
    organisation: asked.organisation.trim(),
    language,
  };
  await requestMail(service, service.database, { kind: 'signup', usernameKey, signUp: content }, client);
}

/** Answers a sign-up by mail, once nobody waits for it: to whoever has the username already, or with the link that confirms. */
export async function mailSignUpLink(
  service: Service,
  stores: Stores,
  usernameKey: string,
  content: SignUpContent,
  client: Client,
): Promise<NewEvent> {
  const owner = await stores.findUserByUsername(usernameKey);
  if (owner?.status === 0) {
    const organisation = { name: (await stores.findOrganisation(owner.organisationId))?.name ?? '' };
    await mailActivation(service, stores, { user: owner, organisation, inviter: '', template: 'activation' });
  } else if (owner !== undefined) {
    await enqueueMail(service, stores, { ...mailTo(owner), template: 'signup_existing', data: { name: owner.name } });
  } else {
    const sealedData = service.box.seal(JSON.stringify(content), sealedSignUpPurpose);
    await mailLinkOf(service, stores, { usernameKey, sealedData, content });
  }
  return eventOf(service, client, {
    type: 'SignUpRequested',
    organisationId: organisationToTell(owner),
    userId: owner?.id ?? null,
    description: `${content.username} signed up${owner === undefined ? '' : ', and has an account already'}`,
  });
}

/** Mails the link of a sign-up once more. */
export async function remailSignUpLink(service: Service, stores: Stores, kept: StoredSignUp): Promise<void> {
  const { usernameKey, sealedData } = kept;
  await mailLinkOf(service, stores, { usernameKey, sealedData, content: openSignUp(service, kept) });
}

async function mailLinkOf(
  service: Service,
  stores: Stores,
  signUp: { readonly usernameKey: string; readonly sealedData: string; readonly content: SignUpContent },
): Promise<void> {
  const { usernameKey, sealedData, content } = signUp;
  const createdAt = service.clock.now();
  const expiresAt = createdAt + keyLifeMs.signup;
  const id = drawId(service.random);
  await stores.insertSignUp({ id, usernameKey, sealedData, createdAt, expiresAt });
  const link = activationLink(service, signActivationKey(service, { id, subject: 'signup', expiresAt }));
  const { username, name, organisation, language } = content;
  const data = { name, organisation, link };
  await enqueueMail(service, stores, { template: 'signup', userId: null, to: username, language, data });
}

/**
 * Confirms a sign-up: the user and the organisation come to be, together, once.
 *
 * @param chosen the password of whoever confirms, and a name where it is another than the sign-up's
 * @throws KeyRefusal where it was confirmed meanwhile, or somebody else has the username now
 */
export async function confirmSignUp(
  service: Service,
  kept: StoredSignUp,
  chosen: { readonly passwordHash: string; readonly name?: string | undefined },
  client: Client,
): Promise<void> {
  const { organisation: organisationName, ...content } = openSignUp(service, kept);
  const { usernameKey } = kept;
  const prepared = {
    username: content.username,
    usernameKey,
    name: chosen.name ?? content.name,
    passwordHash: chosen.passwordHash,
    roles: roleSet('Administrator'),
    language: content.language,
  };
  await changeState(service, async (stores) => {
    // Before any of its rows: two confirmations of one name would wait for each other's.
    await stores.lockUsername(usernameKey);
    if (!(await stores.takeSignUp(kept.id))) throw new KeyRefusal('the sign-up was confirmed meanwhile');
    if ((await stores.findUserByUsername(usernameKey)) !== undefined) throw new KeyRefusal('the username is taken');
    const createdAt = service.clock.now();
    const organisation = await stores.insertOrganisation({ name: organisationName, parentId: null, createdAt });
    const actor: Actor = { client, userId: null, name: content.username };
    const { user, event } = await insertActiveUser(service, stores, actor, prepared, organisation.id);
    await stores.deleteSignUps(usernameKey);
    const signedUp = eventOf(service, client, {
      type: 'SignedUp',
      organisationId: organisation.id,
      userId: user.id,
      description: `${user.username} confirmed the sign-up of ${organisation.name}`,
    });
    return { result: undefined, events: [event, signedUp] };
  });
}

/** Who signed up. */
export function openSignUp(service: Service, kept: StoredSignUp): SignUpContent {
  return JSON.parse(service.box.open(kept.sealedData, sealedSignUpPurpose));
}
