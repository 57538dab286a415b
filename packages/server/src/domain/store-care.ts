import { knownNetworkMs } from './lockout.ts';
import { nextTurn } from './next-turn.ts';
import type { Service } from './service.ts';
import { deleteOldImportMarks } from './user-import.ts';

const hourMs = 60 * 60 * 1000;
/** So long something that has expired still explains why it is refused, in milliseconds. */
const explainedMs = 24 * hourMs;

/**
 * Removes what is of no use any more from the store, a piece at a time: keys of mails, sign-ups, sessions, codes, devices,
 * networks and counts whose time is over. Where one kind fails it is logged, and the others go on.
 */
export async function tidyStore(service: Service): Promise<void> {
  const { database, clock, log } = service;
  const now = clock.now();
  const pieces: Readonly<Record<string, () => Promise<number>>> = {
    'keys of mails': () => database.deleteExpiredActivationKeys(now - explainedMs),
    'sign-ups': () => database.deleteExpiredSignUps(now - explainedMs),
    'second steps': () => database.deleteExpiredMfaChallenges(now - hourMs),
    'codes by mail': () => database.deleteExpiredEmailCodes(now),
    'trusted devices': () => database.deleteExpiredTrustedDevices(now),
    // By then no auth token of theirs is alive either: none lives for more than a day.
    sessions: () => database.deleteExpiredSessions(now - explainedMs),
    'known networks': () => database.deleteOldKnownNetworks(now - knownNetworkMs),
    'locks that are over': () => database.deleteEndedLockouts(now),
    'counts of what is gone': () => database.deleteOrphanedLockouts(),
    imports: () => deleteOldImportMarks(service),
  };
  for (const [what, deletePiece] of Object.entries(pieces)) {
    try {
      while ((await deletePiece()) > 0) await nextTurn();
    } catch (error) {
      log.warn({ err: error, what }, 'What is of no use any more could not be removed');
    }
  }
}
