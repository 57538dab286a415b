import { eventOf } from './event.ts';
import { nextTurn } from './next-turn.ts';
import type { Organisation } from './records.ts';
import { revokeIssuedBefore } from './revocation.ts';
import type { Actor, Service } from './service.ts';
import { changeState } from './state-change.ts';

/** Whose tokens: those for one organisation, or everybody's. */
export type RevokedScope = Organisation | 'all';

/**
 * Revokes every auth token and every refresh token that was issued until now, those of one organisation or all: after a
 * backup was restored, which brings back what was revoked since, or where somebody may have seen them. Application tokens
 * stay, and give new auth tokens at once.
 *
 * Tokens say in which second they were issued, so those of the second that is just going on are revoked too, and so are
 * sessions that begin in it.
 *
 * @returns the moment before which everything is refused, in milliseconds since the Unix epoch
 */
export async function revokeAllIssuedBefore(service: Service, actor: Actor, scope: RevokedScope): Promise<number> {
  const now = service.clock.now();
  const issuedBefore = (Math.floor(now / 1000) + 1) * 1000;
  await changeState(service, async (stores) => {
    await revokeIssuedBefore(service, stores, scope === 'all' ? 'all' : scope.id, issuedBefore);
    const event = eventOf(service, actor.client, {
      type: 'AllTokensRevoked',
      organisationId: scope === 'all' ? null : scope.id,
      userId: actor.userId,
      description: `Every token ${scope === 'all' ? '' : `for ${scope.name} `}issued until now was revoked, by ${actor.name}`,
      detail: { issued_before: new Date(issuedBefore).toISOString() },
    });
    return { result: undefined, events: [event] };
  });
  await endSessionsBegunBefore(service, scope, issuedBefore);
  return issuedBefore;
}

/** They are refused already, whether or not this comes to its end: from now on they are not listed either. */
async function endSessionsBegunBefore(service: Service, scope: RevokedScope, begunBefore: number): Promise<void> {
  const change = { begunBefore, endedAt: service.clock.now(), reason: 'every token was revoked' };
  const organisationId = scope === 'all' ? 'all' : scope.id;
  while ((await service.database.endSessionsBegunBefore(organisationId, change)) > 0) await nextTurn();
}
