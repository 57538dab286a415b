import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { HttpContext } from './api-route.ts';
import { nameSchemas } from './openapi-schemas.ts';

/** What the API reference page reads of an OpenAPI document (OpenAPI 3.1 §4.8). */
export interface OpenApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** A call, as the document describes it. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

/** As much of a JSON Schema as ours use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

const description = `Keywright gives out authentication tokens and verifies them: an application token, or a username and a password, is exchanged for a short-lived \`auth_token\`, a JWT, which authenticates every other call and is verified offline by the services that receive it.

**Conventions.** Requests and answers are JSON in UTF-8; property names are \`snake_case\`; ids are integers; times are ISO 8601 in UTC with milliseconds. Unknown and read-only properties in a request are ignored, and so is a byte order mark before it. Compressed bodies are 415. A body may have 64 KiB, a request header 16 KiB.

**Errors** have one form: \`error_code\`, \`error_token\`, \`message\`, for input also \`errors\` with every problem, and \`request_id\`, which is in the log too. What is no valid HTTP is answered with \`BadRequest\` under the status 400, 408 (too slow) or 431 (header too large), and the connection is closed. Checks run in this order: 401, 403, 404, 422, 409.

**Collections** are bare arrays; \`X-Total-Count\`, \`X-Total-Pages\`, \`X-Current-Page\`, \`X-Count-Per-Page\` and \`Link\` say which part of what they are. \`q\` filters, \`sort\` sorts; both may come several times. \`page\` and \`per_page\` out of range are moved into it; what is no whole number is 422.

**Version 2.** Every path under \`/api/v1\` answers under \`/api/v2\` too, unless version 2 has its own.

**Limits.** 2000 calls of one address in any 5 minutes, beside those of \`/authenticate\`; over it, 429 with \`Retry-After\` in seconds. IPv6 addresses count by their /64.`;

const tags = [
  { name: 'Authentication', description: 'From credentials to tokens' },
  { name: 'Application tokens', description: 'Credentials for programs' },
  { name: 'Second factors', description: 'What follows the password' },
  { name: 'Users', description: 'Who signs in' },
  { name: 'Activation', description: 'What the links in mails lead to' },
  { name: 'Sessions', description: 'Where a user is signed in' },
  { name: 'Portal', description: 'The session of the web pages, kept in a cookie' },
  { name: 'Support', description: 'For those who run the platform' },
  { name: 'Workspaces', description: 'Who is assigned to which organisation' },
  { name: 'Organisations', description: 'Whom users and tokens belong to' },
  { name: 'Events', description: 'What happened' },
  { name: 'OAuth 2.0', description: 'The same for programs that speak OAuth' },
  { name: 'Verification', description: 'For services that receive auth tokens' },
  { name: 'Set-up', description: 'The first administrator' },
  { name: 'Operation', description: 'For those who run the service' },
];

const bearer = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'The `auth_token` that `POST /api/v1/authenticate` gives',
} as const;

const client = {
  type: 'http',
  scheme: 'basic',
  description: "An application token's id as the username and the token itself as the password, or both in the form",
} as const;

/** Begins to gather the document: every route that is added later, and is not hidden, will be in it. */
export function gatherOpenApi(app: FastifyInstance, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Keywright', version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      tags,
      components: { securitySchemes: { bearer, client } },
    },
    transformObject: (document) => ('openapiObject' in document ? nameSchemas(document.openapiObject) : {}),
  });
}

/**
 * Makes the function that gives the document; it is put together when somebody asks for the first time.
 *
 * The public URL may be known only once the server listens, so it is asked each time.
 */
export function createOpenApi(app: FastifyInstance, http: HttpContext): () => OpenApiDocument {
  let kept: OpenApiDocument | undefined;
  return () => {
    const url = http.service.settings.publicUrl();
    if (kept?.servers[0]?.url !== url) {
      kept = { ...(app.swagger() as unknown as Omit<OpenApiDocument, 'servers'>), servers: [{ url }] };
    }
    return kept;
  };
}

/** Makes something of the document, and again only of another one: whoever asks for it in vain costs no more than its bytes. */
export function madeOf<T>(openApi: () => OpenApiDocument, make: (document: OpenApiDocument) => T): () => T {
  let made: { readonly of: OpenApiDocument; readonly value: T } | undefined;
  return () => {
    const document = openApi();
    if (made?.of !== document) made = { of: document, value: make(document) };
    return made.value;
  };
}

/** Adds `GET /openapi.json`. */
export function addOpenApiRoute(app: FastifyInstance, openApi: () => OpenApiDocument): void {
  const text = madeOf(openApi, JSON.stringify);
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=300');
    return reply.type('application/json; charset=utf-8').send(text());
  });
}
