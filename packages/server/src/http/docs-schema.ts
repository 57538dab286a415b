import { type Html, html } from './html.ts';
import type { JsonSchema } from './openapi.ts';

type Schemas = Readonly<Record<string, JsonSchema>>;

/** The type of a value in words, with links to the types that have names. */
export function typeOf(schema: JsonSchema | undefined, schemas: Schemas): Html {
  if (schema === undefined) return html`none`;
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined) return html`<a href="#type-${name}">${name}</a>`;
  if (schema.anyOf !== undefined) {
    return html`${schema.anyOf.map((option, index) => html`${index === 0 ? '' : ' or '}${typeOf(option, schemas)}`)}`;
  }
  if (schema.type === 'array') return html`array of ${typeOf(schema.items, schemas)}`;
  if (schema.type === 'object' && schema.properties !== undefined) {
    return html`object: ${Object.keys(schema.properties).join(', ')}`;
  }
  return html`${schema.type ?? 'any'}`;
}

/** A row for each property of an object: its name, its type and what it means. */
export function describeProperties(schema: JsonSchema, schemas: Schemas): Html[][] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => [
    html`<code>${name}</code>${schema.required?.includes(name) === true ? '' : ' (optional)'}`,
    typeOf(property, schemas),
    html`${paragraphs(property.description ?? '')}`,
  ]);
}

/** The little Markdown that our descriptions use: paragraphs, lists, `code` and **strong**. */
export function paragraphs(text: string): Html[] {
  return text
    .split(/\n\n+/)
    .filter((block) => block !== '')
    .map((block) => {
      const items = block.split('\n').filter((line) => line.startsWith('- '));
      return items.length === 0
        ? html`<p>${inline(block)}</p>`
        : html`<ul>${items.map((item) => html`<li>${inline(item.slice(2))}</li>`)}</ul>`;
    });
}

function inline(text: string): Html[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((piece) => {
    if (piece.length > 2 && piece.startsWith('`')) return html`<code>${piece.slice(1, -1)}</code>`;
    if (piece.length > 4 && piece.startsWith('**')) return html`<strong>${piece.slice(2, -2)}</strong>`;
    return html`${piece}`;
  });
}
