import { type ApplicationTokenResource, applicationTokenStatuses, type Lookup } from '@keywright/contract';
import { attentionsOf } from './application-token-attention.ts';
import type { TokenMeasures } from './application-token-port.ts';
import type { CollectionFields } from './collection-fields.ts';
import { isPastExpiry } from './expiry-date.ts';
import type { ApplicationToken } from './records.ts';
import { roleResources } from './role.ts';

/** What application tokens can be filtered and sorted on. */
export const applicationTokenFields: CollectionFields = {
  id: { kind: 'number', sortable: true },
  description: { kind: 'text', sortable: true },
  created: { kind: 'time', sortable: true },
  status: { kind: 'lookup', sortable: true },
  expiry_date: { kind: 'time', sortable: true },
  ip: { kind: 'text', sortable: true },
  creator: { kind: 'text', sortable: true },
  organisation: { kind: 'lookup', sortable: true },
  prefix: { kind: 'text', sortable: true },
  last_used: { kind: 'time', sortable: true },
  last_used_ip: { kind: 'text', sortable: true },
  attention: { kind: 'lookup' },
};

/** An application token as the API answers it. */
export function applicationTokenResource(
  token: ApplicationToken,
  { now, longAgo }: Pick<TokenMeasures, 'now' | 'longAgo'>,
): ApplicationTokenResource {
  return {
    id: token.id,
    description: token.description,
    created: timestamp(token.createdAt),
    status: statusOf(token, now),
    expiry_date: timestampOrNull(token.expiresAt),
    ip: token.ip,
    creator: token.creator,
    organisation: token.organisation,
    prefix: token.prefix,
    roles: token.roles === null ? null : roleResources(token.roles),
    auth_token_minutes: token.authTokenMinutes,
    last_used: timestampOrNull(token.lastUsedAt),
    last_used_ip: token.lastUsedIp,
    recent_exchanges: token.recentExchanges,
    network: token.elsewhereAt !== null && token.elsewhereAt >= longAgo ? null : token.network,
    attention: attentionsOf(token.attention),
    rotation: rotationOf(token),
  };
}

function rotationOf({ formerSecret }: ApplicationToken): ApplicationTokenResource['rotation'] {
  if (formerSecret === null) return null;
  const { replacedAt, validUntil, lastUsedAt, lastUsedIp } = formerSecret;
  return {
    rotated: timestamp(replacedAt),
    overlap_until: timestamp(validUntil),
    last_used: timestampOrNull(lastUsedAt),
    last_used_ip: lastUsedIp,
    still_used: lastUsedAt !== null && lastUsedAt > replacedAt,
  };
}

function statusOf(token: ApplicationToken, now: number): Lookup {
  const unrevokedId = isPastExpiry(token, now) ? 2 : 0;
  const id = token.revokedAt === null ? unrevokedId : 1;
  const status = applicationTokenStatuses[id];
  if (status === undefined) throw new Error(`there is no application token status ${id}`);
  return status;
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

function timestampOrNull(ms: number | null): string | null {
  return ms === null ? null : timestamp(ms);
}
