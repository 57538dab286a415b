import type { ApplicationTokenResource, CreateApplicationToken, RotateApplicationToken } from '@keywright/contract';
import {
  findChangeableToken,
  findToken,
  requireManager,
  requireNotAboveCaller,
  revokedRefusal,
  scopeOf,
} from './application-token-access.ts';
import { tokenMeasures } from './application-token-attention.ts';
import { tokenEvent } from './application-token-event.ts';
import { readNewApplicationToken, requireWithinCaller } from './application-token-input.ts';
import { applicationTokenResource } from './application-token-resource.ts';
import {
  applicationTokenPrefix,
  createApplicationTokenSecret,
  hashApplicationTokenSecret,
} from './application-token-secret.ts';
import { knownStage } from './expiry-notice.ts';
import { announceApplicationToken } from './notice.ts';
import { requirePermission } from './permission.ts';
import type { ApplicationToken, Page, PageQuery } from './records.ts';
import { endAuthTokensOfSecret } from './revocation.ts';
import { roleNames } from './role.ts';
import { type Actor, actorOf, type Caller, type Service } from './service.ts';
import { changeState } from './state-change.ts';

export { applicationTokenFields } from './application-token-resource.ts';

/** A token with its secret, which nobody can read again. */
export interface CreatedApplicationToken {
  readonly application_token: string;
  readonly id: number;
}

/**
 * Makes an application token in the caller's organisation (contract §4).
 *
 * @param input read only once the caller's rights are known; it throws what is wrong with the request
 * @throws Refusal Forbidden for an application token whose roles don't name Administrator
 */
export async function createApplicationToken(
  service: Service,
  caller: Caller,
  input: () => CreateApplicationToken,
): Promise<CreatedApplicationToken> {
  requirePermission(caller, 'application_token.create');
  await requireManager(service, caller);
  const asked = input();
  const now = service.clock.now();
  const read = await readNewApplicationToken(service, caller, asked);
  const { description = null, expiresAt = null, ip = null, roles } = read;
  const secret = createApplicationTokenSecret(service.random);
  const prefix = applicationTokenPrefix(secret);
  const id = await changeState(service, async (stores) => {
    const result = await stores.insertApplicationToken({
      organisationId: caller.organisation.id,
      creatorId: caller.user.id,
      description,
      createdAt: now,
      expiresAt,
      revokedAt: null,
      ip,
      roles,
      authTokenMinutes: asked.auth_token_minutes ?? null,
      version: 1,
      prefix,
      lastUsedAt: null,
      lastUsedIp: null,
    });
    await stores.insertApplicationTokenSecret({
      secretHash: hashApplicationTokenSecret(secret),
      applicationTokenId: result,
      createdAt: now,
      validUntil: null,
    });
    const stage = knownStage(expiresAt, now);
    if (stage !== null) await stores.setExpiryNotice(result, stage);
    const made = { description, prefix, organisation: caller.organisation, client: caller };
    await announceApplicationToken(service, stores, caller.user.id, 'application_token_created', made);
    const detail = {
      prefix,
      ip,
      expiry_date: expiresAt === null ? null : new Date(expiresAt).toISOString(),
      roles: roles && roleNames(roles),
    };
    const token = { id: result, organisation: caller.organisation };
    return { result, events: [tokenEvent(service, actorOf(caller), 'ApplicationTokenCreated', token, detail)] };
  });
  return { application_token: secret, id };
}

/** Every token of the caller's organisation and its direct children. */
export async function listApplicationTokens(
  service: Service,
  caller: Caller,
  query: () => PageQuery,
): Promise<Page<ApplicationTokenResource>> {
  requirePermission(caller, 'application_token.list');
  const scope = await scopeOf(service, caller);
  const page = await service.database.listApplicationTokens(scope, query());
  return { ...page, rows: page.rows.map((token) => applicationTokenResource(token, scope)) };
}

/**
 * @throws Refusal NotFound
 */
export async function getApplicationToken(
  service: Service,
  caller: Caller,
  id: number,
): Promise<ApplicationTokenResource> {
  requirePermission(caller, 'application_token.list');
  return applicationTokenResource(await findToken(service, caller, id), tokenMeasures(service));
}

/**
 * Gives a token a new secret; the one before works until the overlap ends, any older one no more.
 *
 * @throws Refusal NotFound, Forbidden; NotAllowed for a revoked token
 */
export async function rotateApplicationToken(
  service: Service,
  caller: Caller,
  id: number,
  input: () => RotateApplicationToken,
): Promise<CreatedApplicationToken> {
  const token = await findChangeableToken(service, caller, id);
  await requireManager(service, caller);
  await requireNotAboveCaller(service, caller, token);
  requireWithinCaller(token, caller);
  return rotateSecret(service, actorOf(caller), token, input().overlap_seconds ?? 0);
}

/** Rotates on behalf of whoever may: see {@link rotateApplicationToken}. */
export async function rotateSecret(
  service: Service,
  actor: Actor,
  token: ApplicationToken,
  overlapSeconds: number,
): Promise<CreatedApplicationToken> {
  const secret = createApplicationTokenSecret(service.random);
  const prefix = applicationTokenPrefix(secret);
  await changeState(service, async (stores) => {
    const now = service.clock.now();
    // Holds the token's row first, so that two rotations at once leave one present secret.
    if (!(await stores.updateApplicationToken(token.id, { prefix }))) throw revokedRefusal();
    await stores.retireApplicationTokenSecret(token.id, now + overlapSeconds * 1000);
    await endAuthTokensOfSecret(service, stores, token.id, now + overlapSeconds * 1000);
    await stores.insertApplicationTokenSecret({
      secretHash: hashApplicationTokenSecret(secret),
      applicationTokenId: token.id,
      createdAt: now,
      validUntil: null,
    });
    if (token.creator !== null) {
      const made = { ...token, prefix, client: actor.client };
      await announceApplicationToken(service, stores, token.creator.id, 'application_token_rotated', made);
    }
    const detail = { prefix, overlap_seconds: overlapSeconds };
    return { result: undefined, events: [tokenEvent(service, actor, 'ApplicationTokenRotated', token, detail)] };
  });
  return { application_token: secret, id: token.id };
}
