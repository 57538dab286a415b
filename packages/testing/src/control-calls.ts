import type { Failure } from './planned-failures.ts';
import type { Keywright, NewApplicationToken, RoleName } from './start-keywright.ts';

/** What a program asks of a Keywright, and what it is answered, as JSON. */
export type ControlCall = (keywright: Keywright, body: Readonly<Record<string, unknown>>) => Promise<object>;

/** A call that can't be meant so. */
export class WrongControlCall extends Error {
  override readonly name = 'WrongControlCall';
}

const now = ({ clock }: Keywright): object => ({ now: new Date(clock.now()).toISOString() });

/** The calls of the control endpoint. Names are as on the wire of the API; what is absent is as in `startKeywright`. */
export const controlCalls: Readonly<Record<string, ControlCall>> = {
  'GET /': async (keywright) => describe(keywright),
  'GET /keys': async (keywright) => ({ keys: await keywright.keys() }),
  async 'POST /advance'(keywright, body) {
    await keywright.advance(text(body, 'by') ?? '');
    return now(keywright);
  },
  'POST /user': (keywright, body) =>
    keywright.createUser({
      username: text(body, 'username'),
      password: text(body, 'password'),
      name: text(body, 'name'),
      role: text(body, 'role') as RoleName | undefined,
      organisation: text(body, 'organisation'),
    }),
  async 'POST /application_token'(keywright, body) {
    const { id, applicationToken } = await keywright.createApplicationToken(readToken(body));
    return { id, application_token: applicationToken };
  },
  'POST /revoke': (keywright, body) => done(keywright.revoke(needed(body, 'token'))),
  'POST /lock': (keywright, body) => done(keywright.lock(needed(body, 'username'))),
  'POST /unlock': (keywright, body) => done(keywright.unlock(needed(body, 'username'))),
  'POST /suspend': (keywright, body) => done(keywright.suspend(needed(body, 'username'))),
  'POST /activate': (keywright, body) => done(keywright.activate(needed(body, 'username'))),
  'POST /rotate_keys': (keywright) => done(keywright.rotateKeys()),
  async 'POST /fail_next'(keywright, body) {
    const { failure } = body;
    keywright.failNext(failure as Failure, {
      times: number(body, 'times'),
      path: text(body, 'path'),
      retryAfterSeconds: number(body, 'retry_after_seconds'),
    });
    return {};
  },
};

/** Where a Keywright is, and what its tokens name. */
export function describe(keywright: Keywright): object {
  const { baseUrl, issuer, audience } = keywright;
  return { base_url: baseUrl, issuer, audience, ...now(keywright) };
}

function readToken(body: Readonly<Record<string, unknown>>): NewApplicationToken {
  const expiryDate = text(body, 'expiry_date');
  const { roles } = body;
  // Passed over, it would be a token with every role of its user's.
  if (roles !== undefined && !Array.isArray(roles)) throw new WrongControlCall('roles is no array of names');
  if (expiryDate !== undefined && Number.isNaN(Date.parse(expiryDate))) {
    throw new WrongControlCall('expiry_date is no date, such as 2099-01-01');
  }
  return {
    user: text(body, 'username'),
    description: text(body, 'description'),
    expiresAt: expiryDate === undefined ? undefined : new Date(expiryDate),
    ip: text(body, 'ip'),
    roles,
    authTokenMinutes: number(body, 'auth_token_minutes'),
  };
}

async function done(work: Promise<void>): Promise<object> {
  await work;
  return {};
}

function text(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name];
  if (value !== undefined && typeof value !== 'string') throw new WrongControlCall(`${name} is no text`);
  return value;
}

function number(body: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = body[name];
  if (value !== undefined && typeof value !== 'number') throw new WrongControlCall(`${name} is no number`);
  return value;
}

function needed(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = text(body, name);
  if (value === undefined) throw new WrongControlCall(`${name} is missing`);
  return value;
}
