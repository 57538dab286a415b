import { formatAddress } from '@keywright/verifier';
import { enqueueMail, mailTo } from './mail.ts';
import type { MailOrigin } from './mail-port.ts';
import { knownNetworkOf } from './network.ts';
import type { Stores } from './ports.ts';
import type { User } from './records.ts';
import { actingUserOf, type Client, type Service } from './service.ts';
import { readUserAgent } from './user-agent.ts';

/** When something happened, as mails are told. */
function momentOf(service: Service): string {
  return new Date(service.clock.now()).toISOString();
}

/** Where a change came from, as its user is told: the address of others is not the user's to know. */
export function originFor(user: Pick<User, 'id'>, client: Client): MailOrigin {
  const acting = actingUserOf(client);
  if (acting === undefined || acting.id === user.id) return { address: formatAddress(client.address) };
  return { by: acting.username };
}

/** Tells a user of the new password, within the transaction of its change. */
export async function announceNewPassword(service: Service, stores: Stores, user: User, client: Client): Promise<void> {
  const data = { name: user.name, ...originFor(user, client), time: momentOf(service) };
  await enqueueMail(service, stores, { ...mailTo(user), template: 'password_changed', data });
}

/**
 * Tells a user of a completed sign-in from a network that the account was not used from lately, but for the very first. It is
 * asked before that network becomes a known one, within the same transaction.
 */
export async function announceNewNetwork(service: Service, stores: Stores, user: User, client: Client): Promise<void> {
  const isKnown = (await stores.findKnownNetwork(user.id, knownNetworkOf(client.address))) !== undefined;
  if (isKnown || !(await stores.hasKnownNetwork(user.id))) return;
  const { browser, operatingSystem } = readUserAgent(client.userAgent);
  const data = {
    name: user.name,
    address: formatAddress(client.address),
    device: `${browser}, ${operatingSystem}`,
    time: momentOf(service),
  };
  await enqueueMail(service, stores, { ...mailTo(user), template: 'new_network', data });
}

/**
 * Tells a user of an application token that was made in the user's name, or has a new secret, within the transaction that
 * makes it.
 */
export async function announceApplicationToken(
  service: Service,
  stores: Stores,
  userId: number,
  template: 'application_token_created' | 'application_token_rotated',
  made: {
    readonly description: string | null;
    readonly prefix: string;
    readonly organisation: { readonly name: string };
    readonly client: Client;
  },
): Promise<void> {
  const user = await stores.findUser(userId);
  if (user === undefined) return;
  const data = {
    name: user.name,
    token: nameToken(made),
    organisation: made.organisation.name,
    ...originFor(user, made.client),
    time: momentOf(service),
  };
  await enqueueMail(service, stores, { ...mailTo(user), template, data });
}

/** What people know a token by: its description, or else how it begins. */
export function nameToken(token: { readonly description: string | null; readonly prefix: string }): string {
  return token.description === null ? `${token.prefix}…` : `${token.description} (${token.prefix}…)`;
}
