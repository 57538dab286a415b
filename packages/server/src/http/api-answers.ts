import { ErrorSchema, type ErrorToken, errorCodes } from '@keywright/contract';
import type { TSchema } from 'typebox';
import type { Access } from './request-state.ts';

/** A header of an answer, as the API reference describes it. */
interface HeaderDescription {
  readonly type: 'string' | 'integer';
  readonly description: string;
}

/** What a route answers when all is well. */
export interface Success {
  readonly status: 200 | 201 | 204;
  readonly description: string;
  /** The body; none where absent. */
  readonly schema?: TSchema;
  /** `application/json` where absent. */
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, HeaderDescription>>;
}

/** One answer, in the form that the generator of the API reference reads. */
export interface Answer {
  readonly description: string;
  readonly type?: 'null';
  readonly content?: Readonly<Record<string, { readonly schema: TSchema }>>;
  readonly headers?: Success['headers'];
}

/** What every answer has. */
export const requestIdHeader: HeaderDescription = {
  type: 'string',
  description: 'The id of this request, in the log and in events too',
};
/** What answers have besides, by their status. */
export const errorHeaders: Readonly<Record<number, Readonly<Record<string, HeaderDescription>>>> = {
  401: { 'WWW-Authenticate': { type: 'string', description: 'The challenge (RFC 6750 §3)' } },
  429: { 'Retry-After': { type: 'integer', description: 'Seconds until there is room again' } },
  503: { 'Retry-After': { type: 'integer', description: 'Seconds after which trying again makes sense' } },
};

/** What the collections' answers say about the page. */
export const pageHeaders: Readonly<Record<string, HeaderDescription>> = {
  'X-Total-Count': { type: 'integer', description: 'How many there are' },
  'X-Total-Pages': { type: 'integer', description: 'How many pages there are' },
  'X-Current-Page': { type: 'integer', description: 'Which page this is' },
  'X-Count-Per-Page': { type: 'integer', description: 'How many a page holds' },
  Link: { type: 'string', description: 'The pages first, prev, next and last (RFC 8288)' },
};

/** Every answer that a route can give, by its status. */
export function answersOf(route: {
  readonly access: Access;
  /** Whether the path has parameters, which may be badly encoded. */
  readonly hasParams?: boolean;
  /** Whether a body that comes is read, wanted or not: with every method but GET. */
  readonly readsBody?: boolean;
  /** Whether the body is looked at. */
  readonly hasBody: boolean;
  readonly isLimited: boolean;
  readonly success: Success;
  readonly alternative?: Success | undefined;
  readonly errors: readonly ErrorToken[];
}): Record<number, Answer> {
  const tokens = new Set<ErrorToken>(route.errors);
  if (route.access === 'bearer') tokens.add('InvalidToken').add('TokenExpired');
  if (route.hasParams === true) tokens.add('BadRequest');
  if (route.readsBody === true) tokens.add('BadRequest').add('PayloadTooLarge').add('UnsupportedMediaType');
  if (route.hasBody) tokens.add('InputValidationFailed');
  if (route.isLimited) tokens.add('TooManyRequests');
  tokens.add('InternalError').add('Unavailable');
  return {
    ...Object.fromEntries([route.success, route.alternative ?? []].flat().map(successAnswer)),
    ...errorAnswers(tokens),
  };
}

/** The answer of a route when all is well, by its status. */
export function successAnswer({ schema, status, description, headers, mediaType }: Success): [number, Answer] {
  const content = schema === undefined ? { type: 'null' as const } : contentOf(schema, mediaType);
  return [status, { description, ...content, headers: { ...headers, 'X-Request-Id': requestIdHeader } }];
}

function errorAnswers(tokens: ReadonlySet<ErrorToken>): Record<number, Answer> {
  const byStatus = Map.groupBy(tokens, (token) => errorCodes[token].status);
  const answers = [...byStatus].map(([status, group]): [number, Answer] => [
    status,
    {
      description: group.map((token) => `${errorCodes[token].code} ${token}`).join(', '),
      ...contentOf(ErrorSchema),
      headers: { ...errorHeaders[status], 'X-Request-Id': requestIdHeader },
    },
  ]);
  return Object.fromEntries(answers);
}

/** The body of an answer. */
export function contentOf(schema: TSchema, mediaType = 'application/json'): Pick<Answer, 'content'> {
  return { content: { [mediaType]: { schema } } };
}
