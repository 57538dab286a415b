import { type EventTypeName, eventTypes } from '@keywright/contract';
import { formatAddress } from '@keywright/verifier';
import type { NewEvent } from './records.ts';
import { actingUserOf, type Client, type Service } from './service.ts';

const warnings: ReadonlySet<EventTypeName> = new Set([
  'UserAuthenticationFailed',
  'ApplicationAuthenticationFailed',
  'AccountLocked',
  'ActivationFailed',
  'RefreshTokenReused',
  'SupportAccess',
]);

/** What somebody should look at. */
const alerts: ReadonlySet<EventTypeName> = new Set(['AccountLocked', 'RefreshTokenReused', 'SupportAccess']);

/** What happened, to whom, in which organisation. */
export interface Occurrence {
  readonly type: EventTypeName;
  readonly organisationId: number | null;
  /** Whom it concerns; the acting user where nobody else. */
  readonly userId: number | null;
  readonly description: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Makes an event of what happened on a client's request. */
export function eventOf(service: Pick<Service, 'clock'>, client: Client, occurrence: Occurrence): NewEvent {
  const warning = warnings.has(occurrence.type);
  const acting = actingUserOf(client);
  return {
    occurredAt: service.clock.now(),
    organisationId: occurrence.organisationId,
    userId: occurrence.userId,
    type: eventTypes[occurrence.type].id,
    source: client.source,
    severity: warning ? 1 : 0,
    alert: alerts.has(occurrence.type),
    description: occurrence.description,
    requestId: client.requestId,
    detail: {
      ...occurrence.detail,
      ...(acting === undefined ? {} : { acting_user_id: acting.id }),
      address: formatAddress(client.address),
    },
  };
}

const typeNames = new Map<number, string>(Object.entries(eventTypes).map(([name, type]) => [type.id, name]));

/** One log line for an event: who, what, from where, and the request that it belongs to. */
export function logEvent(service: Pick<Service, 'log'>, event: NewEvent): void {
  const fields = {
    event: typeNames.get(event.type),
    organisation_id: event.organisationId,
    user_id: event.userId,
    request_id: event.requestId,
    ...(event.detail ?? {}),
  };
  if (event.severity > 0) service.log.warn(fields, event.description);
  else service.log.info(fields, event.description);
}
