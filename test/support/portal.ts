import assert from 'node:assert/strict';
import type { Answer, CallOptions, TestServer } from './test-server.ts';

/** What each call of the portal carries. */
export const portalHeaders = { 'x-keywright-portal': '1' } as const;

/** A `Set-Cookie` as a browser reads it (RFC 6265 §5.2). */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** In lower case; empty where an attribute has no value. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Every cookie that an answer sets. */
export function cookiesOf({ headers }: Answer): SetCookie[] {
  return headers.getSetCookie().map((line) => {
    const [[name = '', value = ''] = [], ...attributes] = line.split('; ').map((part) => part.split('='));
    return {
      name,
      value,
      attributes: Object.fromEntries(attributes.map(([key = '', text = '']) => [key.toLowerCase(), text])),
    };
  });
}

/** A browser at the portal: it keeps the cookies that it is given, and forgets those that have run out. */
export class PortalBrowser {
  readonly server: TestServer;
  readonly cookies = new Map<string, string>();

  constructor(server: TestServer) {
    this.server = server;
  }

  /** The `Cookie` header that goes with a request now. */
  get cookie(): Readonly<Record<string, string>> {
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? {} : { cookie: pairs.join('; ') };
  }

  /** Sends a call of the portal's; no answer may hold a refresh token. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const headers = { ...portalHeaders, ...this.cookie, ...options.headers };
    const answer = await this.server.call(method, path, { ...options, headers });
    assert.equal(answer.text.includes('"refresh_token"'), false, 'no refresh token in a body');
    for (const { name, value, attributes } of cookiesOf(answer)) {
      assert.equal(value !== '' && answer.text.includes(value), false, 'what is in the cookie is not in the body');
      if (attributes['max-age'] === '0') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  signIn(body: object, options: CallOptions = {}): Promise<Answer> {
    return this.call('POST', '/portal/session', { ...options, body });
  }

  refresh(options: CallOptions = {}): Promise<Answer> {
    return this.call('POST', '/portal/session/refresh', options);
  }

  signOut(options: CallOptions = {}): Promise<Answer> {
    return this.call('DELETE', '/portal/session', options);
  }
}
