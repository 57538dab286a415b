import { formatAddress } from '@keywright/verifier';
import { activationLink, createActivationKey } from './activation-key.ts';
import { Refusal } from './errors.ts';
import { eventOf } from './event.ts';
import { mailActivation } from './invitation.ts';
import { enqueueMail, mailTo } from './mail.ts';
import { type MailRequest, type OpenedMailRequest, openMailRequest } from './mail-request.ts';
import type { StoredMailRequest } from './mail-request-port.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, User } from './records.ts';
import type { Client, Service } from './service.ts';
import { mailSignUpLink, remailSignUpLink } from './signup.ts';
import { changeState } from './state-change.ts';
import { organisationToTell } from './unconfirmed-username.ts';

const batchSize = 50;
/** A user is told of locks at most this often, in milliseconds: others may cause one every few minutes. */
const lockNoticeMs = 24 * 60 * 60 * 1000;

/**
 * Answers the wishes for mails that wait in the store: now, that nobody waits for the answer, it is looked up whether there
 * is anybody to mail to.
 *
 * @returns how many there were
 */
export async function answerMailRequests(service: Service): Promise<number> {
  const requests = await service.database.listMailRequests(batchSize);
  for (const request of requests) {
    try {
      await answerOne(service, request);
    } catch (error) {
      // While the store is away everything waits; what fails otherwise would fail for ever, and keep the others waiting.
      if (error instanceof Refusal) throw error;
      service.log.error({ err: error, mail_request_id: request.id }, 'A wish for a mail could not be answered');
      await service.database.takeMailRequest(request.id);
    }
  }
  return requests.length;
}

/** Takes the request and writes its mail in one transaction, so that it is answered once, whatever happens. */
async function answerOne(service: Service, { id, sealedData }: StoredMailRequest): Promise<void> {
  await changeState(service, async (stores) => {
    if (!(await stores.takeMailRequest(id))) return { result: undefined, events: [] };
    const opened = openMailRequest(service, sealedData);
    const event = (await answer(service, stores, opened)) ?? unansweredEvent(service, opened);
    return { result: undefined, events: event === undefined ? [] : [event] };
  });
}

/** That nobody could be mailed to, as an event of no organisation: it explains the request to the operator who has its id. */
function unansweredEvent(service: Service, { request, client }: OpenedMailRequest): NewEvent | undefined {
  if (request.kind !== 'password_reset' && request.kind !== 'activation') return undefined;
  return eventOf(service, client, {
    type: request.kind === 'password_reset' ? 'PasswordResetRequested' : 'ActivationRequested',
    organisationId: null,
    userId: null,
    description: 'A mail was asked for, and there is nobody to send it to',
  });
}

async function answer(
  service: Service,
  stores: Stores,
  { request, client }: OpenedMailRequest,
): Promise<NewEvent | undefined> {
  switch (request.kind) {
    case 'password_reset':
      return answerForgottenPassword(service, stores, request.usernameKey, client);
    case 'activation':
      return answerMissingMail(service, stores, request.usernameKey, client);
    case 'signup':
      return mailSignUpLink(service, stores, request.usernameKey, request.signUp, client);
    case 'account_locked':
      await announceLock(service, stores, request, client);
      return undefined;
  }
}

async function answerForgottenPassword(
  service: Service,
  stores: Stores,
  usernameKey: string,
  client: Client,
): Promise<NewEvent | undefined> {
  const user = await stores.findUserByUsername(usernameKey);
  if (user?.status !== 1) return answerMissingMail(service, stores, usernameKey, client);
  const link = activationLink(service, await createActivationKey(service, stores, { user, purpose: 'password_reset' }));
  const data = { name: user.name, link };
  await enqueueMail(service, stores, { ...mailTo(user), template: 'password_reset', data });
  return requestEvent(service, client, 'PasswordResetRequested', user, 'a new password was asked for');
}

/** Whoever never activated the account gets the link to that, also where a password was asked for. */
async function answerMissingMail(
  service: Service,
  stores: Stores,
  usernameKey: string,
  client: Client,
): Promise<NewEvent | undefined> {
  const user = await stores.findUserByUsername(usernameKey);
  if (user === undefined) {
    const renamed = await stores.findRenamedUser(usernameKey);
    if (renamed?.status === 2) return undefined;
    if (renamed !== undefined) return remailUsernameLink(service, stores, renamed, client);
    const signUp = await stores.findLatestSignUp(usernameKey, service.clock.now());
    if (signUp !== undefined) await remailSignUpLink(service, stores, signUp);
    return undefined;
  }
  if (user.status !== 0) return undefined;
  const organisation = { name: (await stores.findOrganisation(user.organisationId))?.name ?? '' };
  await mailActivation(service, stores, { user, organisation, inviter: '', template: 'activation' });
  return requestEvent(service, client, 'ActivationRequested', user, 'the activation mail was asked for again');
}

async function remailUsernameLink(service: Service, stores: Stores, user: User, client: Client): Promise<NewEvent> {
  const key = await createActivationKey(service, stores, { user, purpose: 'username_change' });
  const data = { name: user.name, link: activationLink(service, key) };
  await enqueueMail(service, stores, { ...mailTo(user), template: 'username_change', data });
  return requestEvent(
    service,
    client,
    'ActivationRequested',
    user,
    'the mail to confirm the username was asked for again',
  );
}

async function announceLock(
  service: Service,
  stores: Stores,
  { subject, minutes }: MailRequest & { kind: 'account_locked' },
  client: Client,
): Promise<void> {
  const id = /^user:(\d+)$/.exec(subject)?.[1];
  const user = id === undefined ? undefined : await stores.findUser(Number(id));
  if (user?.status !== 1) return;
  const now = service.clock.now();
  if (!(await stores.claimNotice(user.id, 'account_locked', { now, notSince: now - lockNoticeMs }))) return;
  const address = formatAddress(client.address);
  const data = { name: user.name, address, minutes: String(minutes), time: new Date(now).toISOString() };
  await enqueueMail(service, stores, { ...mailTo(user), template: 'account_locked', data });
}

function requestEvent(
  service: Service,
  client: Client,
  type: 'PasswordResetRequested' | 'ActivationRequested',
  user: User,
  what: string,
): NewEvent {
  return eventOf(service, client, {
    type,
    organisationId: organisationToTell(user),
    userId: user.id,
    description: `${user.username}: ${what}`,
  });
}
