import type { UpdateApplicationToken } from '@keywright/contract';
import {
  findChangeableToken,
  requireManager,
  requireNotAboveCaller,
  revokedRefusal,
} from './application-token-access.ts';
import { tokenEvent } from './application-token-event.ts';
import {
  type ApplicationTokenInput,
  isWithinNetwork,
  readApplicationTokenInput,
  requireWithinCaller,
} from './application-token-input.ts';
import { invalidInput, Refusal } from './errors.ts';
import { isPastExpiry } from './expiry-date.ts';
import { knownStage } from './expiry-notice.ts';
import type { Stores } from './ports.ts';
import type { ApplicationToken, NewEvent } from './records.ts';
import { endAuthTokensAtExpiry, endAuthTokensOfApplicationTokens } from './revocation.ts';
import { type Actor, actorOf, type Caller, type Service } from './service.ts';
import { changeState } from './state-change.ts';

/**
 * Changes description, expiry date and network restriction of a token, or revokes it (`status: { id: 1 }`). Auth tokens that
 * reach further than it does from now on end: by their network at once, by their time when it expires.
 *
 * @throws Refusal NotFound, Forbidden; NotAllowed for a revoked token
 */
export async function updateApplicationToken(
  service: Service,
  caller: Caller,
  id: number,
  input: () => UpdateApplicationToken,
): Promise<void> {
  const token = await findChangeableToken(service, caller, id);
  const asked = input();
  const revokes = asked.status?.id === 1;
  const now = service.clock.now();
  if (asked.status !== undefined && !revokes) requireStatusKept(token, asked.status.id);
  const change = readApplicationTokenInput(asked, now);
  if (asked.status?.id === 0) requireTimeLeft({ ...token, ...change }, now);
  const changes = Object.keys(change).length > 0;
  if (changes) {
    await requireManager(service, caller);
    await requireNotAboveCaller(service, caller, token);
    requireWithinCaller({ ...token, ...change }, caller);
  }
  if (token.revokedAt !== null) {
    if (revokes && !changes) return;
    throw revokedRefusal();
  }
  await changeState(service, async (stores) => {
    const events: NewEvent[] = [];
    if (changes) {
      await applyChange(service, stores, id, change);
      const detail = { changed: Object.keys(change) };
      events.push(tokenEvent(service, actorOf(caller), 'ApplicationTokenUpdated', token, detail));
    }
    if (revokes && (await stores.revokeApplicationToken(id, service.clock.now()))) {
      await endAuthTokensOfApplicationTokens(service, stores, [id]);
      events.push(tokenEvent(service, actorOf(caller), 'ApplicationTokenRevoked', token));
    }
    return { result: undefined, events };
  });
}

async function applyChange(service: Service, stores: Stores, id: number, change: ApplicationTokenInput): Promise<void> {
  // Holds the row, so that what it was before is what the tokens that are out were given by.
  if (!(await stores.updateApplicationToken(id, {}))) throw revokedRefusal();
  const before = await stores.findApplicationTokenCaller(id);
  if (before === undefined) throw new Error(`application token ${id} is gone`);
  await stores.updateApplicationToken(id, change);
  const { expiresAt, ip } = change;
  if (ip !== undefined && ip !== null && (before.ip === null || !isWithinNetwork(before.ip, ip))) {
    await endAuthTokensOfApplicationTokens(service, stores, [id]);
  }
  if (expiresAt === undefined) return;
  await stores.setExpiryNotice(id, knownStage(expiresAt, service.clock.now()));
  await endAuthTokensAtExpiry(service, stores, id, { before: before.expiresAt, after: expiresAt });
}

/** Revokes a token on behalf of whoever may: it is exchanged no more from the moment this resolves. */
export async function revokeApplicationToken(service: Service, actor: Actor, token: ApplicationToken): Promise<void> {
  await changeState(service, async (stores) => {
    const revoked = await stores.revokeApplicationToken(token.id, service.clock.now());
    if (revoked) await endAuthTokensOfApplicationTokens(service, stores, [token.id]);
    return { result: undefined, events: revoked ? [tokenEvent(service, actor, 'ApplicationTokenRevoked', token)] : [] };
  });
}

function requireStatusKept(token: ApplicationToken, statusId: number): void {
  if (statusId !== 0 && statusId !== 2) {
    throw invalidInput([
      { token: 'InvalidReference', message: `status.id - there is no status ${statusId}; 1 revokes.` },
    ]);
  }
  if (token.revokedAt !== null) throw revokedRefusal();
  if (statusId === 2) {
    throw new Refusal('NotAllowed', { message: 'status - a token expires by its expiry_date; 1 revokes it' });
  }
}

/** A token that has expired is not active by being called so. */
function requireTimeLeft(token: Pick<ApplicationToken, 'expiresAt'>, now: number): void {
  if (!isPastExpiry(token, now)) return;
  throw new Refusal('NotAllowed', {
    message: 'status - the application token has expired; an expiry_date to come, or null, activates it',
  });
}
