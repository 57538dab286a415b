import { isDeepStrictEqual } from 'node:util';

type Node = Record<string, unknown>;

/** Where a schema with a title may stand without being one of its own: the word is then a property's name. */
const namesHolders = new Set(['properties', 'headers', 'responses', 'paths']);

/**
 * Moves each schema that has a title into `components.schemas`, once, and leaves references to it, so that generated
 * clients get one named type for each resource. A request body marked `x-body-optional` becomes optional.
 *
 * @throws Error where two different schemas have one title
 */
export function nameSchemas(document: object): object {
  const named: Record<string, unknown> = {};

  function visit(value: unknown, isSchemaPlace: boolean): unknown {
    if (Array.isArray(value)) return value.map((item) => visit(item, isSchemaPlace));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, item]) => [key, visit(item, !namesHolders.has(key))]);
    const node: Node = Object.fromEntries(entries);
    const { title } = node;
    if (!isSchemaPlace || typeof title !== 'string' || !('type' in node || 'anyOf' in node)) return relaxBody(node);
    const name = componentName(title);
    const { description, ...schema } = node;
    if (named[name] !== undefined && !isDeepStrictEqual(named[name], schema)) {
      throw new Error(`two different schemas have the title ${title}`);
    }
    named[name] = schema;
    const reference = `#/components/schemas/${name}`;
    return description === undefined ? { $ref: reference } : { description, $ref: reference };
  }

  const visited = visit(document, false) as Node;
  const components = visited['components'] as Node;
  return { ...visited, components: { ...components, schemas: named } };
}

function relaxBody(node: Node): Node {
  const { 'x-body-optional': isOptional, ...rest } = node;
  const body = rest['requestBody'];
  return isOptional === true && typeof body === 'object'
    ? { ...rest, requestBody: { ...body, required: false } }
    : rest;
}

/** `Application token` as `ApplicationToken`. */
function componentName(title: string): string {
  const words = title.split(/[^A-Za-z0-9]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
