import { EventSchema, eventSeverities, eventSources, eventTypes } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { eventFields, listEvents } from '../domain/event.ts';
import type { Filter, PageQuery } from '../domain/records.ts';
import { pageHeaders, type Success } from './api-answers.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { collectionQuery } from './collection.ts';
import { answerPage } from './collection-answer.ts';
import { addLookupRoute } from './lookup-route.ts';
import { requireOwnUser } from './user.ts';

const tag = 'Events';
const querystring = collectionQuery(eventFields);
const success: Success = {
  status: 200,
  description: 'A page of events',
  schema: Type.Array(EventSchema),
  headers: pageHeaders,
};
const errors = ['Forbidden', 'InvalidQueryCriteria', 'InvalidSortCriteria'] as const;

/** Adds the routes of events (contract §7). */
export function addEventRoutes(app: FastifyInstance, http: HttpContext): void {
  addEventLookups(app, http);
  addApiRoute(app, http, {
    method: 'GET',
    path: '/event',
    access: 'bearer',
    id: 'listEvents',
    tag,
    summary: 'List the events of the organisation',
    description:
      "Of the caller's organisation and its direct children. Failed attempts appear within a second; the event of a change is there when the change is answered.",
    querystring,
    success,
    errors,
    handler: (request, reply) =>
      answerPage(request, reply, eventFields, (query) =>
        listEvents(http.service, callerOf(request), {}, () => limitTime(query())),
      ),
  });
  addApiRoute(app, http, {
    method: 'GET',
    path: '/user/:user_id/event',
    access: 'bearer',
    id: 'listUserEvents',
    tag,
    summary: 'List the events of the calling user',
    params: Type.Object({
      user_id: Type.String({ description: '`my`, or your own id or username', examples: ['my'] }),
    }),
    querystring,
    success,
    errors: [...errors, 'NotFound'],
    handler: async (request, reply) => {
      const caller = requireOwnUser(request, 'user_id');
      return answerPage(request, reply, eventFields, (query) =>
        listEvents(http.service, caller, { userId: caller.user.id }, () => limitTime(query())),
      );
    },
  });
}

/** `from` and `until` bound the timestamp; the whole of the day, month or year that `until` names is within. */
export function limitTime(query: PageQuery): PageQuery {
  return { ...query, filters: query.filters.map(limitTimestamp) };
}

function limitTimestamp(filter: Filter): Filter {
  if (filter.kind !== 'time') return filter;
  const { field, from, until } = filter;
  if (field === 'from' && from !== undefined) return { field: 'timestamp', kind: 'time', from };
  if (field === 'until' && until !== undefined) return { field: 'timestamp', kind: 'time', until };
  return filter;
}

function addEventLookups(app: FastifyInstance, http: HttpContext): void {
  addLookupRoute(app, http, {
    path: '/event/type',
    id: 'listEventTypes',
    tag,
    summary: 'The types of events that there are',
    values: Object.values(eventTypes),
  });
  addLookupRoute(app, http, {
    path: '/event/source',
    id: 'listEventSources',
    tag,
    summary: 'Where an event may come from',
    values: eventSources,
  });
  addLookupRoute(app, http, {
    path: '/event/severity',
    id: 'listEventSeverities',
    tag,
    summary: 'How severe an event may be',
    values: eventSeverities,
  });
}
