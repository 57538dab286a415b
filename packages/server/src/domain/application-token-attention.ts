import { applicationTokenAttentions, type Lookup } from '@keywright/contract';
import type { TokenMeasures } from './application-token-port.ts';
import type { Service } from './service.ts';
import { recentMinutes, recentSince } from './use-recorder.ts';

const dayMs = 24 * 60 * 60 * 1000;
const soonMs = 14 * dayMs;
const longMs = 60 * dayMs;
/** How often a program may need an auth token in the life of one: it may keep none, and be restarted, but not each time. */
const maxExchangesPerLife = 20;

/** By what application tokens are measured now. */
export function tokenMeasures({ clock, settings }: Pick<Service, 'clock' | 'settings'>): TokenMeasures {
  const now = clock.now();
  return {
    now,
    recentSince: recentSince(now),
    soon: now + soonMs,
    longAgo: now - longMs,
    maxExchangeMinutes: maxExchangesPerLife * recentMinutes,
    authTokenMinutes: settings.authTokenMinutes,
  };
}

/** The reasons for which a bit each is set: that of the reason 1 is the lowest. */
export function attentionsOf(bits: number): Lookup[] {
  return applicationTokenAttentions.filter(({ id }) => (bits & (1 << (id - 1))) !== 0);
}
