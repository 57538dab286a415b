import { type EventResource, eventSeverities, eventSources, eventTypes } from '@keywright/contract';
import type { CollectionFields } from './collection-fields.ts';
import { Refusal } from './errors.ts';
import { nextTurn } from './next-turn.ts';
import { organisationIdsOf } from './organisation-scope.ts';
import { isPermittedTo, requirePermission } from './permission.ts';
import type { ChainedEvent, Page, PageQuery } from './records.ts';
import type { Caller, Service } from './service.ts';
import { findVisibleUser, isOneself } from './user-access.ts';

/** How many events an export reads at a time. */
const exportSize = 1_000;

/** What events can be filtered and sorted on. */
export const eventFields: CollectionFields = {
  id: { kind: 'number', sortable: true },
  timestamp: { kind: 'time', sortable: true },
  from: { kind: 'time' },
  until: { kind: 'time' },
  type: { kind: 'lookup', sortable: true },
  source: { kind: 'lookup', sortable: true },
  severity: { kind: 'lookup', sortable: true },
  alert: { kind: 'boolean', sortable: true },
  description: { kind: 'text', sortable: true },
  user: { kind: 'reference', sortable: true },
  organisation: { kind: 'lookup', sortable: true },
  request_id: { kind: 'text', sortable: true },
};

/**
 * The events of the caller's organisation and its direct children, or of one user. Whoever may see their own alone is not
 * told from where somebody else acted.
 *
 * @param whose `userId` narrows to one user: the caller itself, or anyone for those who may see all events
 * @throws Refusal Forbidden
 */
export async function listEvents(
  service: Service,
  caller: Caller,
  whose: { readonly userId?: number },
  query: () => PageQuery,
): Promise<Page<EventResource>> {
  if (whose.userId === undefined) requirePermission(caller, 'event.list');
  else if (whose.userId === caller.user.id) requirePermission(caller, 'event.list_own');
  else if (!isPermittedTo(caller, 'event.list')) throw new Refusal('Forbidden', { reason: 'events of another user' });
  const organisationIds = await organisationIdsOf(service, caller);
  const page = await service.database.listEvents({ organisationIds, ...whose }, query());
  const rows = page.rows.map(eventResource);
  const seesAll = isPermittedTo(caller, 'event.list');
  return { ...page, rows: seesAll ? rows : rows.map((event) => hideOthersAddress(event, caller.user.id)) };
}

/**
 * The events of the caller, or of a user whom the caller sees: see {@link listEvents}.
 *
 * @param reference `my`, an id or a username
 * @throws Refusal Forbidden, NotFound
 */
export async function listUserEvents(
  service: Service,
  caller: Caller,
  reference: string,
  query: () => PageQuery,
): Promise<Page<EventResource>> {
  requirePermission(caller, isOneself(caller, reference) ? 'event.list_own' : 'event.list');
  const { id: userId } = await findVisibleUser(service, caller, reference);
  return listEvents(service, caller, { userId }, query);
}

/**
 * Every event of the caller's organisation and its direct children that the filters let through, in the order in which they
 * were written, read a piece at a time.
 *
 * @throws Refusal Forbidden
 */
export async function exportEvents(
  service: Service,
  caller: Caller,
  filters: () => PageQuery['filters'],
): Promise<AsyncIterable<EventResource>> {
  requirePermission(caller, 'event.list');
  return readEvents(service, await organisationIdsOf(service, caller), filters());
}

/**
 * Every event that concerns the caller, in whatever organisation, in the order in which they were written. Those of others'
 * doing tell from where only where the caller sees all events of the organisation.
 */
export async function* readOwnEvents(service: Service, caller: Caller): AsyncGenerator<EventResource> {
  const { id } = caller.user;
  const seen = isPermittedTo(caller, 'event.list') ? await organisationIdsOf(service, caller) : [];
  for await (const event of readEvents(service, 'all', [{ field: 'user', kind: 'number', value: id }])) {
    const isSeen = event.organisation !== null && seen.includes(event.organisation.id);
    yield isSeen ? event : hideOthersAddress(event, id);
  }
}

/** Reads events in the order in which they were written, a piece at a time. */
export async function* readEvents(
  service: Service,
  organisationIds: readonly number[] | 'all',
  filters: PageQuery['filters'],
): AsyncGenerator<EventResource> {
  let afterId = 0;
  for (;;) {
    const events = await service.database.readEventsAfter({ organisationIds }, filters, afterId, exportSize);
    yield* events.map(eventResource);
    if (events.length < exportSize) return;
    afterId = events.at(-1)?.id ?? afterId;
    await nextTurn();
  }
}

/** An event for whom it concerns: with who did it, but not with the address of somebody else. */
function hideOthersAddress(event: EventResource, userId: number): EventResource {
  const { address: _, ...detail } = event.detail ?? {};
  const { acting_user_id: acting } = detail;
  return acting === undefined || acting === userId ? event : { ...event, detail };
}

function eventResource(event: ChainedEvent): EventResource {
  const type = Object.values(eventTypes).find((candidate) => candidate.id === event.type);
  return {
    // Its place among the organisation's own events: the number among all would tell what others do.
    id: event.sequence,
    timestamp: new Date(event.occurredAt).toISOString(),
    alert: event.alert,
    description: event.description,
    event_type: type ?? { id: event.type, description: 'Unknown' },
    event_source: eventSources[event.source] ?? { id: event.source, description: 'Unknown' },
    event_severity: eventSeverities[event.severity] ?? { id: event.severity, description: 'Unknown' },
    organisation:
      event.organisationId === null ? null : { id: event.organisationId, name: event.organisationName ?? '' },
    user:
      event.userId === null ? null : { id: event.userId, username: event.username ?? '', name: event.userName ?? '' },
    request_id: event.requestId,
    ...(event.detail === null ? {} : { detail: event.detail }),
  };
}
