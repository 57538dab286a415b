import type { RevocationEntry } from './revocation-entry.ts';

/** What a token says that a revocation can be about. */
export interface RevocableClaims {
  readonly sub: string;
  readonly sid?: number;
  readonly ver: number;
  readonly iat: number;
  readonly org: { readonly id: number };
}

interface Bound {
  /** What a token's `ver`, or its `iat` in milliseconds, is refused below. */
  readonly below: number;
  readonly until: number;
}

/** The revocations that are in force, looked up by what a token says. */
export class RevocationList {
  readonly #subjects = new Map<string, Bound>();
  readonly #sessions = new Map<number, Bound>();
  readonly #organisations = new Map<number, Bound>();
  #all: Bound | undefined;

  /** How many subjects, sessions and organisations are named. */
  get size(): number {
    return this.#subjects.size + this.#sessions.size + this.#organisations.size + (this.#all === undefined ? 0 : 1);
  }

  /** Takes an entry up; of several about the same, the furthest reaching holds. */
  add(entry: RevocationEntry): void {
    const { until } = entry;
    switch (entry.kind) {
      case 'subject':
        raise(this.#subjects, String(entry.of), { below: entry.below, until });
        break;
      case 'session':
        raise(this.#sessions, Number(entry.of), { below: entry.below, until });
        break;
      case 'organisation':
        raise(this.#organisations, Number(entry.of), { below: entry.issuedBefore, until });
        break;
      case 'all':
        this.#all = further(this.#all, { below: entry.issuedBefore, until });
        break;
    }
  }

  /** Whether an entry refuses a token. */
  isRevoked({ sub, sid, ver, iat, org }: RevocableClaims): boolean {
    return (
      isBelow(ver, this.#subjects.get(sub)) ||
      (sid !== undefined && isBelow(ver, this.#sessions.get(sid))) ||
      (this.#organisations.size > 0 && isBelow(iat * 1000, this.#organisations.get(org.id))) ||
      isBelow(iat * 1000, this.#all)
    );
  }

  /**
   * Drops the entries that can concern no token any more.
   *
   * @param instant - milliseconds since the Unix epoch.
   */
  dropPast(instant: number): void {
    for (const bounds of [this.#subjects, this.#sessions, this.#organisations] as Map<unknown, Bound>[]) {
      for (const [of, { until }] of bounds) {
        if (until < instant) bounds.delete(of);
      }
    }
    if (this.#all !== undefined && this.#all.until < instant) this.#all = undefined;
  }
}

function isBelow(value: number, bound: Bound | undefined): boolean {
  return bound !== undefined && value < bound.below;
}

function raise<Key>(bounds: Map<Key, Bound>, of: Key, bound: Bound): void {
  bounds.set(of, further(bounds.get(of), bound));
}

/** The higher of two bounds, and the later of their ends: beyond the end of one no token is left below it. */
function further(held: Bound | undefined, bound: Bound): Bound {
  if (held === undefined) return bound;
  return { below: Math.max(held.below, bound.below), until: Math.max(held.until, bound.until) };
}
