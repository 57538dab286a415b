import { eventOf } from './event.ts';
import { enqueueMail, mailTo } from './mail.ts';
import type { MailData } from './mail-port.ts';
import { originFor } from './notice.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, User } from './records.ts';
import type { MfaType } from './second-factor-port.ts';
import type { Actor, Service } from './service.ts';

/** What changed about a user's second factors, and by whom. */
export interface FactorChange {
  readonly user: User;
  readonly actor: Actor;
  readonly factor: MailData['factor_changed']['factor'];
  readonly change: MailData['factor_changed']['change'];
  /** For the event, after the username: `activated a TOTP as second factor`. */
  readonly description: string;
  readonly keyId?: number;
}

/** What mails call the types. */
export const mailedFactors: Readonly<Record<MfaType, FactorChange['factor']>> = { 0: 'totp', 1: 'email', 2: 'passkey' };

/** Tells the user of a change by mail, within its transaction, and answers its event. */
export async function announceFactorChange(service: Service, stores: Stores, change: FactorChange): Promise<NewEvent> {
  const { user, actor } = change;
  await enqueueMail(service, stores, {
    ...mailTo(user),
    template: 'factor_changed',
    data: {
      name: user.name,
      factor: change.factor,
      change: change.change,
      ...originFor(user, actor.client),
      time: new Date(service.clock.now()).toISOString(),
    },
  });
  return factorEvent(service, change);
}

/** The event of a change that needs no mail, since nothing has come into force. */
export function factorEvent(
  service: Service,
  { user, actor, description, keyId }: Pick<FactorChange, 'user' | 'actor' | 'description' | 'keyId'>,
): NewEvent {
  return eventOf(service, actor.client, {
    type: 'MultiFactorAuthentication',
    organisationId: user.organisationId,
    userId: user.id,
    description: `${description}, by ${actor.name}`,
    ...(keyId === undefined ? {} : { detail: { mfa_key_id: keyId } }),
  });
}

/**
 * Voids what was trusted by way of the password and the second factors as they were: devices that skip the second step, and
 * tokens that wait for it.
 *
 * @param exceptMfaToken goes on: the one that the change itself is made with
 */
export async function voidTrust(stores: Stores, userId: number, exceptMfaToken?: string): Promise<void> {
  await stores.deleteTrustedDevices(userId);
  await stores.deleteMfaChallenges(userId, exceptMfaToken);
}
