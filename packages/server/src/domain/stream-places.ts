import { Refusal } from './errors.ts';
import { hasRole, type RoleSet } from './role.ts';

/** How many streams may be open at a time. */
export interface StreamLimits {
  readonly perCaller: number;
  readonly perOrganisation: number;
  readonly inAll: number;
  /** Of these, so many are for those with the role Service, whom no organisation's streams keep out. */
  readonly keptForService: number;
}

export const streamLimits: StreamLimits = { perCaller: 50, perOrganisation: 200, inAll: 1000, keptForService: 200 };

/** Whose stream it is: as much of a caller as counts. */
interface StreamOwner {
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
      const isService = hasRole(owner.roles, 'Service');
      const bounds: [key: string, limit: number][] = [
        ['all', isService ? limits.inAll : limits.inAll - limits.keptForService],
        [callerKey(owner), limits.perCaller],
      ];
      if (!isService) bounds.push([`organisation:${owner.organisation.id}`, limits.perOrganisation]);
      if (bounds.some(([key, limit]) => count(key) >= limit)) {
        throw new Refusal('Unavailable', { reason: 'too many open streams', retryAfterSeconds });
      }
      const keys = bounds.map(([key]) => key);
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

function callerKey({ applicationToken, user }: StreamOwner): string {
  return applicationToken === undefined ? `user:${user.id}` : `application_token:${applicationToken.id}`;
}
