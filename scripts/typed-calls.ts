/** As much of an OpenAPI 3.1 document as ours holds. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiCall>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface ApiCall {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Content;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
}

/** How a call's answer is read; see `packages/client/src/api-call.ts`. */
type AnswerKind = 'json' | 'page' | 'location' | 'nothing' | 'lines' | 'response';

/** What the generated files say of a call. */
interface TypedCall {
  readonly id: string;
  readonly documentation: string;
  readonly description: object;
  readonly argumentsType: string;
  readonly areArgumentsOptional: boolean;
  readonly answerType: string;
  readonly answerKind: AnswerKind;
}

const heading =
  '// Generated from the OpenAPI document by scripts/generate-client.ts: change that, and run `npm run generate`.\n';

/** The types of everything that is sent and answered, by the names that the document gives them. */
export function formatSchemas(document: ApiDocument): string {
  const types = Object.entries(document.components.schemas).map(([name, schema]) => {
    const body = typeOf(schema, '');
    // A union of objects begins like one.
    const isObject = schema.anyOf === undefined && body.startsWith('{');
    return `${comment(schema.description, '')}export ${isObject ? `interface ${name} ${body}` : `type ${name} = ${body};`}\n`;
  });
  return [heading, ...types].join('\n');
}

/** The names of the API's errors. */
export function formatErrorCodes(codes: readonly string[]): string {
  return [
    heading,
    `export const apiErrorCodes = [\n${codes.map((code) => `  ${literal(code)},\n`).join('')}] as const;\n`,
    '/** What the API calls its errors: `error_token` on the wire. */\nexport type ApiErrorCode = (typeof apiErrorCodes)[number];\n',
  ].join('\n');
}

/** The calls by their ids: their types, and what the client has to know to make them. */
export function formatCalls(document: ApiDocument): string {
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => readCall(method.toUpperCase(), path, call)),
  );
  const method = (call: TypedCall, type: string, answer: string): string =>
    `${comment(call.documentation, '  ')}  ${call.id}(${call.areArgumentsOptional ? 'given?' : 'given'}: ${type}, options?: CallOptions): ${answer};\n`;
  const pages = calls.filter(({ answerKind }) => answerKind === 'page');
  return [
    heading,
    `import type { CallDescription, CallOptions, Page } from './api-call.ts';\nimport type * as Schemas from './schemas.generated.ts';\n`,
    `/** Every call of the API, by its id in the API reference. */\nexport interface Api {\n${calls
      .map((call) =>
        method(call, call.argumentsType, call.answerKind === 'lines' ? call.answerType : `Promise<${call.answerType}>`),
      )
      .join('\n')}}\n`,
    `/** The calls that answer a collection page by page, to go through all of it. */\nexport interface Collections {\n${pages
      .map((call) =>
        method(
          call,
          `Omit<NonNullable<Parameters<Api['${call.id}']>[0]>, 'page'>`,
          call.answerType.replace(/^Page</, 'AsyncGenerator<').replace(/>$/, ', void, undefined>'),
        ),
      )
      .join('\n')}}\n`,
    `export const calls = {\n${calls.map(({ id, description }) => `  ${id}: ${literal(description)},\n`).join('')}} as const satisfies Readonly<Record<keyof Api, CallDescription>>;\n`,
  ].join('\n');
}

function readCall(method: string, path: string, call: ApiCall): TypedCall {
  const { operationId: id, parameters = [], requestBody, security = [] } = call;
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const found = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name);
    if (found === undefined) throw new Error(`${id} does not describe its parameter ${name}`);
    return found;
  });
  const body = requestBody && readBody(id, requestBody.content);
  const answer = readAnswer(call, new Set(query.map(({ name }) => name)));
  const members = [
    ...inPath.map((parameter) => ({ ...parameter, required: true, type: pathType(parameter.schema) })),
    ...query.map((parameter) => ({
      ...parameter,
      required: parameter.required === true,
      type: typeOf(parameter.schema, '    ', 'Schemas.'),
    })),
    ...(body === undefined
      ? []
      : [{ name: 'body', required: requestBody?.required === true, type: body.type, description: undefined }]),
  ];
  return {
    id,
    documentation: [`${call.summary}.`, call.description].filter((text) => text !== undefined).join('\n\n'),
    argumentsType:
      members.length === 0
        ? 'Record<string, never>'
        : `{\n${members.map(({ name, required, type, description }) => `${comment(description, '    ')}    readonly ${name}${required ? `: ${type}` : `?: ${type} | undefined`};\n`).join('')}  }`,
    areArgumentsOptional: members.every(({ required }) => !required),
    answerType: answer.type,
    answerKind: answer.kind,
    description: {
      method,
      path,
      query: query.map(({ name }) => name),
      ...(body === undefined ? {} : { body: body.kind }),
      answer: answer.kind,
      sendsToken: security.some((scheme) => 'bearer' in scheme),
    },
  };
}

function readBody(id: string, content: Content): { readonly kind: 'json' | 'form'; readonly type: string } {
  const json = content['application/json'];
  const form = content['application/x-www-form-urlencoded'];
  if (json !== undefined) return { kind: 'json', type: typeOf(json.schema, '    ', 'Schemas.') };
  if (form !== undefined) return { kind: 'form', type: typeOf(form.schema, '    ', 'Schemas.') };
  throw new Error(`${id} takes a body of a kind that clients can't be generated for: ${Object.keys(content).join()}`);
}

function readAnswer(
  { responses }: ApiCall,
  query: ReadonlySet<string>,
): { readonly kind: AnswerKind; readonly type: string } {
  const successes = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, answer]) => answer);
  const withBody = successes.find(({ content }) => content !== undefined);
  if (withBody?.content === undefined) {
    return successes.some(({ headers }) => headers !== undefined && 'Location' in headers)
      ? { kind: 'location', type: '{ readonly id: number }' }
      : { kind: 'nothing', type: 'void' };
  }
  const [[mediaType, { schema }] = ['', { schema: {} }]] = Object.entries(withBody.content);
  const type = typeOf(schema, '  ', 'Schemas.');
  if (mediaType === 'application/x-ndjson') return { kind: 'lines', type: `AsyncGenerator<${type}, void, undefined>` };
  if (mediaType !== 'application/json') return { kind: 'response', type: 'Response' };
  if (schema.type === 'array' && query.has('page')) {
    return { kind: 'page', type: `Page<${typeOf(schema.items ?? {}, '  ', 'Schemas.')}>` };
  }
  return { kind: 'json', type: successes.length > 1 ? `${type} | undefined` : type };
}

/** An id or a name: numbers are written as they are. */
function pathType(schema: Schema): string {
  return schema.type === 'integer' ? 'number' : 'string | number';
}

/** A schema as a TypeScript type, on lines that are indented as deep as where it stands. */
function typeOf(schema: Schema, indent: string, prefix = ''): string {
  if (schema.$ref !== undefined) return prefix + (schema.$ref.split('/').at(-1) ?? '');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => literal(value)).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => typeOf(one, indent, prefix)).join(' | ');
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeOf({ ...schema, type }, indent, prefix)).join(' | ');
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array': {
      const item = typeOf(schema.items ?? {}, indent, prefix);
      return `readonly ${item.includes(' | ') && !item.startsWith('{') ? `(${item})` : item}[]`;
    }
    case 'object':
      return objectType(schema, indent, prefix);
    default:
      return 'unknown';
  }
}

function objectType(schema: Schema, indent: string, prefix: string): string {
  const deeper = `${indent}  `;
  const required = new Set(schema.required);
  const members = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const type = typeOf(property, deeper, prefix);
    const key = /^\w+$/.test(name) ? name : literal(name);
    const member = required.has(name) ? `${key}: ${type}` : `${key}?: ${type} | undefined`;
    return `${comment(property.description, deeper)}${deeper}readonly ${member};\n`;
  });
  if (members.length > 0) return `{\n${members.join('')}${indent}}`;
  const [values] = Object.values(schema.patternProperties ?? {});
  const rest = values ?? schema.additionalProperties;
  return `Readonly<Record<string, ${typeof rest === 'object' ? typeOf(rest, indent, prefix) : 'unknown'}>>`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => literal(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string'
      ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
      : JSON.stringify(value);
  }
  return `{ ${Object.entries(value)
    .map(([name, item]) => `${name}: ${literal(item)}`)
    .join(', ')} }`;
}

function comment(text: string | undefined, indent: string): string {
  if (text === undefined || text === '') return '';
  const lines = text.replaceAll('*/', '*\\/').split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}
