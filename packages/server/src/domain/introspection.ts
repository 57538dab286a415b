import type { Introspection } from '@keywright/contract';
import { readAuthToken } from './auth-token.ts';
import { Refusal } from './errors.ts';
import { findLiveCaller } from './live-caller.ts';
import { hasRole, roleNames } from './role.ts';
import type { Caller, Service } from './service.ts';

/**
 * Says what an `auth_token` is worth now (RFC 7662 §2.2), by the store: it is inactive once its user is suspended, its session
 * has ended, or its application token is revoked, expired or rotated.
 *
 * Auth tokens are all that it knows. Other kinds are no more active than anything else, so that a resource server that goes
 * by `active` alone takes none of them for one.
 *
 * @returns `{ active: false }` and nothing else too for the tokens of other organisations, unless the caller has the role
 *   Service
 */
export async function introspectToken(service: Service, caller: Caller, token: string): Promise<Introspection> {
  try {
    const read = await readAuthToken(service, token);
    // Of the caller only where the call comes from: who calls is somebody else.
    const { address, requestId, source, userAgent } = caller;
    const subject = await findLiveCaller(service, read, { address, requestId, source, userAgent });
    const mayKnow = hasRole(caller.roles, 'Service') || subject.organisation.id === caller.organisation.id;
    if (!mayKnow) return { active: false };
    const { iss, aud, sub, client_id, iat, exp, jti, ver, sid, amr, act, ip } = read.claims;
    return {
      active: true,
      token_type: 'Bearer',
      ...{ iss, aud, sub, iat, exp, jti, ver },
      ...(client_id === undefined ? {} : { client_id }),
      org: subject.organisation,
      roles: [...roleNames(subject.roles)],
      ...(sid === undefined ? {} : { sid }),
      ...(amr === undefined ? {} : { amr: [...amr] }),
      ...(act === undefined ? {} : { act }),
      ...(ip === undefined ? {} : { ip: [...ip] }),
    };
  } catch (error) {
    if (error instanceof Refusal && (error.token === 'InvalidToken' || error.token === 'TokenExpired')) {
      return { active: false };
    }
    throw error;
  }
}
