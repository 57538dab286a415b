/** As much of JSON Schema as the API reference uses, with every reference resolved. */
export interface BodySchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly BodySchema[];
  readonly items?: BodySchema;
  readonly properties?: Readonly<Record<string, BodySchema>>;
  readonly required?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** One operation of the API reference. */
export interface ApiOperation {
  readonly id: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly isPublic: boolean;
  /** What its body must be, as JSON; undefined where it takes none. */
  readonly body: BodySchema | undefined;
  /** What its form must hold; undefined where it takes none. */
  readonly form: BodySchema | undefined;
  /** The names of the parameters of its query. */
  readonly query: readonly string[];
  /** The headers that it needs, with the one value that each may have; of a form its type too. */
  readonly headers: Readonly<Record<string, string>>;
  readonly statuses: ReadonlySet<number>;
}

const formType = 'application/x-www-form-urlencoded';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, BodySchema>> };
}

interface DocumentOperation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: BodySchema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: BodySchema }>> };
  readonly responses: Readonly<Record<string, object>>;
}

/** Reads every operation of a running server's `/openapi.json`. */
export async function readApiOperations(url: string): Promise<readonly ApiOperation[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => readOperation(document, path, method, operation)),
  );
}

function readOperation(document: Document, path: string, method: string, operation: DocumentOperation): ApiOperation {
  const { operationId, parameters = [], requestBody, responses, security } = operation;
  const schemaOf = (mediaType: string): BodySchema | undefined => {
    const schema = requestBody?.content[mediaType]?.schema;
    return schema === undefined ? undefined : (resolve(document, schema) as BodySchema);
  };
  const form = schemaOf(formType);
  return {
    id: operationId,
    method: method.toUpperCase(),
    path,
    isPublic: !security.some((way) => 'bearer' in way),
    body: schemaOf('application/json'),
    form,
    query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
    headers: {
      ...(form === undefined ? {} : { 'content-type': formType }),
      ...Object.fromEntries(
        parameters
          .filter((parameter) => parameter.in === 'header')
          .map(({ name, schema }) => [name, String(schema.enum?.[0])]),
      ),
    },
    statuses: new Set(Object.keys(responses).map(Number)),
  };
}

/** Puts what a reference names in its place; our schemas hold no circles. */
function resolve(document: Document, schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => resolve(document, item));
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema) return resolve(document, named(document, String(schema.$ref)));
  return Object.fromEntries(Object.entries(schema).map(([name, item]) => [name, resolve(document, item)]));
}

function named(document: Document, reference: string): BodySchema {
  const schema = document.components.schemas[reference.split('/').at(-1) ?? ''];
  if (schema === undefined) throw new Error(`${reference} is not in the document`);
  return schema;
}
