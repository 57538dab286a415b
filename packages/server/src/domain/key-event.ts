import { eventOf } from './event.ts';
import type { NewEvent, StoredKey } from './records.ts';
import type { Actor, Service } from './service.ts';

/** What can happen to a signing key. */
export type KeyEventType = 'SigningKeyCreated' | 'SigningKeyActivated' | 'SigningKeyRetired' | 'SigningKeyRemoved';

/** What of a key an event tells. */
export type KeyName = Pick<StoredKey, 'kid' | 'purpose' | 'algorithm'>;

const words: Readonly<Record<KeyEventType, string>> = {
  SigningKeyCreated: 'Next to sign',
  SigningKeyActivated: 'Now signing',
  SigningKeyRetired: 'Retired',
  SigningKeyRemoved: 'Removed',
};

/** An event of a signing key. @param why where it is not the usual course */
export function keyEvent(
  service: Pick<Service, 'clock'>,
  actor: Actor,
  type: KeyEventType,
  { kid, purpose, algorithm }: KeyName,
  why?: string,
): NewEvent {
  return eventOf(service, actor.client, {
    type,
    organisationId: null,
    userId: actor.userId,
    description: `${words[type]}: key ${kid}${why === undefined ? '' : `, ${why}`}`,
    detail: { kid, purpose, algorithm, by: actor.name, ...(why === undefined ? {} : { why }) },
  });
}
