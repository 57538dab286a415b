import { errorCodes } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { describeProperties, paragraphs, typeOf } from './docs-schema.ts';
import { type Html, html, sendPage } from './html.ts';
import { type JsonSchema, madeOf, type OpenApiDocument, type Operation } from './openapi.ts';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

type Schemas = OpenApiDocument['components']['schemas'];

/** Adds `GET /docs`: the API reference as a page, made of the OpenAPI document. */
export function addDocsPage(app: FastifyInstance, openApi: () => OpenApiDocument): void {
  const page = madeOf(openApi, (document) => ({
    title: `${document.info.title} API reference`,
    body: renderReference(document),
  }));
  app.get('/docs', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=300');
    return sendPage(reply, page());
  });
}

/** The API reference of a document. */
function renderReference(document: OpenApiDocument): Html {
  const { info, components } = document;
  const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const sections = document.tags.map((tag) => ({
    ...tag,
    calls: calls.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  return html`<h1>${info.title} API reference</h1>
<p class="muted">Version ${info.version} at <code>${document.servers[0]?.url ?? ''}</code>; also as <a href="/openapi.json">OpenAPI document</a></p>
${paragraphs(info.description)}
<nav aria-label="Calls"><h2>Calls</h2>
<ul>${calls.map(({ method, path }) => html`<li><a href="#${anchor(method, path)}">${method} ${path}</a></li>\n`)}</ul>
</nav>
${sections.map((section) => renderSection(section, components.schemas))}
${renderErrors()}
<h2 id="types">Types</h2>
${Object.entries(components.schemas).map(([name, schema]) => renderType(name, schema, components.schemas))}`;
}

function renderSection(
  section: { readonly name: string; readonly description: string; readonly calls: readonly Call[] },
  schemas: Schemas,
): Html {
  return html`<h2>${section.name}</h2>
<p class="muted">${section.description}</p>
${section.calls.map((call) => renderCall(call, schemas))}`;
}

function renderCall({ method, path, operation }: Call, schemas: Schemas): Html {
  const { summary, description, security, parameters, requestBody, responses } = operation;
  return html`<section class="operation" id="${anchor(method, path)}">
<h3><span class="verb">${method}</span> <code>${path}</code></h3>
<p><strong>${summary}.</strong>${describeSecurity(security)}</p>
${description === undefined ? [] : paragraphs(description)}
${parameters === undefined ? [] : renderParameters(parameters, schemas)}
${requestBody === undefined ? [] : renderBody(requestBody, schemas)}
<h4>Answers</h4>
${table(
  ['Status', 'Meaning', 'Body'],
  Object.entries(responses).map(([status, response]) => [
    html`${status}`,
    html`${response.description}`,
    typeOf(schemaOf(response.content), schemas),
  ]),
)}
</section>
`;
}

function describeSecurity(security: Operation['security']): string {
  const ways = security.map((way) => ('client' in way ? 'client credentials' : 'a bearer'));
  return ways.length === 0 ? '' : ` Needs ${ways.join(', or ')}.`;
}

function renderParameters(parameters: NonNullable<Operation['parameters']>, schemas: Schemas): Html {
  const rows = parameters.map((parameter) => [
    html`<code>${parameter.name}</code>`,
    html`${parameter.in}`,
    typeOf(parameter.schema, schemas),
    html`${paragraphs(parameter.description ?? '')}`,
  ]);
  return html`<h4>Parameters</h4>
${table(['Name', 'In', 'Type', 'Meaning'], rows)}`;
}

function renderBody(requestBody: NonNullable<Operation['requestBody']>, schemas: Schemas): Html {
  return html`<h4>Body${requestBody.required ? '' : ', which may be absent'}</h4>
<p>${typeOf(schemaOf(requestBody.content), schemas)}</p>`;
}

function schemaOf(content: Operation['responses'][string]['content']): JsonSchema | undefined {
  return Object.values(content ?? {})[0]?.schema;
}

function renderErrors(): Html {
  const rows = Object.entries(errorCodes).map(([token, { status, code, message }]) => [
    html`${status}`,
    html`${code}`,
    html`<code>${token}</code>`,
    html`${message}`,
  ]);
  return html`<h2 id="errors">Errors</h2>
${table(['Status', 'error_code', 'error_token', 'Meaning'], rows)}`;
}

function renderType(name: string, schema: JsonSchema, schemas: Schemas): Html {
  return html`<section class="operation" id="type-${name}"><h3>${name}</h3>
${schema.properties === undefined ? html`<p>${typeOf(schema, schemas)}</p>` : table(['Property', 'Type', 'Meaning'], describeProperties(schema, schemas))}
</section>
`;
}

/** A table that scrolls on its own where the screen is narrower; keyboards reach it too. */
function table(headings: readonly string[], rows: readonly (readonly Html[])[]): Html {
  return html`<div class="wide" tabindex="0"><table>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>`;
}

function anchor(method: string, path: string): string {
  return `${method}-${path}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
