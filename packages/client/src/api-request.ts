import type { CallDescription } from './api-call.ts';
import { ClientError } from './client-error.ts';

/** What is given to a call: the parameters of its path and its query, and its body. */
export type Given = Readonly<Record<string, unknown>>;

/**
 * The URL of a call.
 *
 * @param base ends in a slash
 * @throws ClientError InvalidOptions where a parameter of the path is missing, or is nothing that a path can hold
 */
export function urlOf(call: CallDescription, given: Given, base: URL): URL {
  const path = call.path.slice(1).replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeSegment(name, given[name]));
  const url = new URL(path, base);
  for (const name of call.query) {
    for (const value of [given[name]].flat()) {
      if (value !== undefined && value !== null) url.searchParams.append(name, String(value));
    }
  }
  return url;
}

function encodeSegment(name: string, value: unknown): string {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  // URLs resolve dots, encoded ones too: they would lead to another call.
  if (/^\.{0,2}$/.test(text)) {
    throw new ClientError('InvalidOptions', `${name} is missing, or is nothing that a path can hold`);
  }
  return encodeURIComponent(text);
}

/** The body of a call, as fetch takes it, with the header that says what it is. */
export function bodyOf(call: CallDescription, { body }: Given): Pick<RequestInit, 'body' | 'headers'> {
  const headers = { accept: 'application/json, */*;q=0.5' };
  if (call.body === undefined || body === undefined) return { headers };
  if (call.body === 'json') {
    return { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
  }
  const fields = Object.entries(body as Given).filter(([, value]) => value !== undefined);
  return { body: new URLSearchParams(fields.map(([name, value]) => [name, String(value)])), headers };
}

/** What of a body must not come back in the message of an error. */
export function secretsOf({ body }: Given): string[] {
  if (typeof body !== 'object' || body === null) return [];
  const secrets = Object.entries(body).filter(([name]) => /password|token|code|key|secret|fingerprint/i.test(name));
  return secrets.map(([, value]) => value).filter((value) => typeof value === 'string');
}
