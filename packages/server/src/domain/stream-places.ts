import type { Address } from '@keywright/verifier';
import { Refusal } from './errors.ts';
import { limitKey } from './network.ts';
import { hasRole, type RoleSet } from './role.ts';

/** How many streams may be open at a time. */
export interface StreamLimits {
  readonly perCaller: number;
  readonly inAll: number;
  /** Of these, so many are for those with the role Service, whom nobody else's streams keep out. */
  readonly keptForService: number;
  /**
   * Which part of the places that are free an organisation, or a client address, may have at most. So the first to come
   * have many, and leave some to whoever comes later, however many they are.
   */
  readonly shareOfFree: number;
}

export const streamLimits: StreamLimits = { perCaller: 50, inAll: 1000, keptForService: 200, shareOfFree: 1 / 4 };

/** Whose stream it is: as much of a caller as counts. */
interface StreamOwner {
  readonly address: Address;
  readonly user: { readonly id: number };
  readonly organisation: { readonly id: number };
  readonly roles: RoleSet;
  readonly applicationToken?: { readonly id: number };
}

/** Counts the streams that are open. */
export interface StreamPlaces {
  /**
   * Takes a place.
   *
   * @returns how to give it back
   * @throws Refusal Unavailable where there is none for this owner
   */
  take(owner: StreamOwner): () => void;
  /** How many are taken. */
  readonly size: number;
}

const retryAfterSeconds = 5;

export function createStreamPlaces(limits: StreamLimits): StreamPlaces {
  const taken = new Map<string, number>();
  const count = (key: string): number => taken.get(key) ?? 0;
  const add = (keys: readonly string[], change: 1 | -1): void => {
    for (const key of keys) {
      const left = count(key) + change;
      if (left === 0) taken.delete(key);
      else taken.set(key, left);
    }
  };
  return {
    get size() {
      return count('all');
    },
    take(owner) {
      const bounds = boundsOf(owner, limits, count('all'));
      const full = bounds.find(({ key, most }) => count(key) >= most);
      if (full !== undefined) {
        const message = `Too many streams of the revocation feed are open ${full.where}`;
        throw new Refusal('Unavailable', { message, retryAfterSeconds });
      }
      const keys = bounds.map(({ key }) => key);
      add(keys, 1);
      let isGivenBack = false;
      return () => {
        if (isGivenBack) return;
        isGivenBack = true;
        add(keys, -1);
      };
    },
  };
}

interface Bound {
  readonly key: string;
  readonly most: number;
  readonly where: string;
}

/** What a stream counts as, and how many there may be of each. */
function boundsOf(owner: StreamOwner, limits: StreamLimits, open: number): Bound[] {
  const caller = { key: callerKey(owner), most: limits.perCaller, where: 'for this caller' };
  if (hasRole(owner.roles, 'Service')) return [{ key: 'all', most: limits.inAll, where: 'in all' }, caller];
  const most = limits.inAll - limits.keptForService;
  const share = Math.ceil((most - open) * limits.shareOfFree);
  return [
    { key: 'all', most, where: 'in all' },
    caller,
    { key: `organisation:${owner.organisation.id}`, most: share, where: 'for this organisation' },
    { key: `address:${limitKey(owner.address)}`, most: share, where: 'from this address' },
  ];
}

function callerKey({ applicationToken, user }: StreamOwner): string {
  return applicationToken === undefined ? `user:${user.id}` : `application_token:${applicationToken.id}`;
}
