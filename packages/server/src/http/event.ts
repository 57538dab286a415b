import { EventSchema, eventSeverities, eventSources, eventTypes } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { eventFields, exportEvents, listEvents, listUserEvents } from '../domain/event-list.ts';
import type { Filter, PageQuery } from '../domain/records.ts';
import { answerPieces } from './answer-pieces.ts';
import { pageHeaders, type Success } from './api-answers.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { callerOf } from './caller.ts';
import { collectionQuery, parsePageQuery } from './collection.ts';
import { answerPage } from './collection-answer.ts';
import { addLookupRoute } from './lookup-route.ts';
import { pathParameter } from './path-id.ts';
import { userReference } from './user-reference.ts';

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
  addExportRoute(app, http);
  addApiRoute(app, http, {
    method: 'GET',
    path: '/user/:user_id/event',
    access: 'bearer',
    id: 'listUserEvents',
    tag,
    summary: 'List the events of a user',
    description: 'Your own; of others for whoever may see the events of the organisation.',
    params: Type.Object({ user_id: userReference }),
    querystring,
    success,
    errors: [...errors, 'NotFound'],
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const reference = pathParameter(request, 'user_id');
      return answerPage(request, reply, eventFields, (query) =>
        listUserEvents(http.service, caller, reference, () => limitTime(query())),
      );
    },
  });
}

function addExportRoute(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'GET',
    path: '/event/export',
    access: 'bearer',
    id: 'exportEvents',
    tag,
    summary: 'Export the events of the organisation, one JSON object a line',
    description: 'All that the filters let through, in order of their ids, without pages.',
    querystring: collectionQuery(eventFields),
    success: {
      status: 200,
      description: 'The events, a line each',
      schema: EventSchema,
      mediaType: 'application/x-ndjson',
    },
    errors,
    handler: async (request, reply) => {
      const filters = () => limitTime(parsePageQuery(request.query, eventFields)).filters;
      const events = await exportEvents(http.service, callerOf(request), filters);
      reply.type('application/x-ndjson; charset=utf-8');
      return answerPieces(http.service.log, request, reply, linesOf(events));
    },
  });
}

async function* linesOf(events: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
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
