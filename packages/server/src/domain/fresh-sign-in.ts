import type { Caller, Service } from './service.ts';

/** How long after a sign-in nobody has to prove again who they are, in milliseconds (contract §5). */
export const freshMs = 10 * 60 * 1000;

/** Whether the caller signed in just now, with whatever that took. */
export async function hasFreshSignIn(service: Service, { sessionId }: Caller): Promise<boolean> {
  const session = sessionId === undefined ? undefined : await service.database.findSession(sessionId);
  return session !== undefined && session.createdAt + freshMs > service.clock.now();
}

/** Whether the caller passed the second factor just now. */
export async function hasFreshSecondFactor(service: Service, { sessionId }: Caller): Promise<boolean> {
  const at = sessionId === undefined ? undefined : await service.database.findSecondFactorAt(sessionId);
  return at !== undefined && at + freshMs > service.clock.now();
}
