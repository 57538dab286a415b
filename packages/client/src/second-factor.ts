import { ClientError } from './client-error.ts';
import { readClaims } from './read-token.ts';
import type { AuthenticationCredential, NewTrustedDevice, PasskeyRequestOptions } from './schemas.generated.ts';

/** What can follow the password: a code of an app, a code by mail, a passkey, or a recovery code. */
export type SecondFactorMethod = 'totp' | 'email_code' | 'passkey' | 'recovery_code';

/** What the service asks of a user who has a second factor. */
export interface SecondFactorQuestion {
  /** Those of the user's that would do. */
  readonly methods: readonly SecondFactorMethod[];
  /** 1, or 2 where the code or the credential before was refused. A third failure would lock the account. */
  readonly attempt: 1 | 2;
  readonly challenge: SecondFactorChallenger;
}

/** Has a code mailed, or gets what a passkey has to sign. */
export interface SecondFactorChallenger {
  (method: 'email_code'): Promise<void>;
  (method: 'passkey'): Promise<PasskeyRequestOptions>;
}

/** A code, or what `navigator.credentials.get()` gave, as JSON; undefined gives up. */
export type SecondFactorAnswer = string | AuthenticationCredential | undefined;

export type SecondFactorHandler = (question: SecondFactorQuestion) => SecondFactorAnswer | Promise<SecondFactorAnswer>;

/** How this device is called where the user sees the trusted ones. */
export interface TrustedDevice {
  readonly operatingSystem: string;
  readonly browser: string;
  readonly name?: string | undefined;
  /** What the device is known by, a secret; where absent, one is made and kept in the storage. */
  readonly fingerprint?: string | undefined;
}

/** A device on the wire. */
export function toWire(device: TrustedDevice, fingerprint: string): NewTrustedDevice {
  const { operatingSystem, browser, name } = device;
  return { fingerprint, operating_system: operatingSystem, browser, ...(name === undefined ? {} : { name }) };
}

const typeIds = { email_code: 1, passkey: 2 } as const;

/** Sends a body to one of the paths of authentication; answers what came as JSON. */
export type SendCredentials = (
  path: 'authenticate' | 'authenticate/challenge',
  body: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

/**
 * Takes a sign-in through its second step.
 *
 * @throws ClientError SecondFactorNeeded where nobody gives one; what the service answers to a wrong one
 */
export async function passSecondFactor(
  mfaToken: string,
  options: {
    readonly handler: SecondFactorHandler | undefined;
    readonly device: NewTrustedDevice | undefined;
    readonly send: SendCredentials;
  },
): Promise<Readonly<Record<string, unknown>>> {
  const { handler, device, send } = options;
  const methods = readMethods(mfaToken);
  if (handler === undefined) throw needed('this user has a second factor, and there is no onSecondFactor');
  const challenge = (async (method: 'email_code' | 'passkey') => {
    const answer = await send('authenticate/challenge', { mfa_token: mfaToken, type: { id: typeIds[method] } });
    return method === 'passkey' ? answer : undefined;
  }) as SecondFactorChallenger;
  for (const attempt of [1, 2] as const) {
    const answer = await Promise.resolve(handler({ methods, attempt, challenge }));
    if (answer === undefined) throw needed('onSecondFactor gave none');
    const proof = typeof answer === 'string' ? { code: answer } : { credential: answer };
    const trusted = device === undefined ? {} : { trusted_device: device };
    try {
      return await send('authenticate', { mfa_token: mfaToken, ...proof, ...trusted });
    } catch (error) {
      const isWrong = error instanceof ClientError && error.code === 'InvalidCredentials';
      if (!isWrong || attempt === 2) throw error;
    }
  }
  throw needed('onSecondFactor gave none that was right');
}

function readMethods(mfaToken: string): SecondFactorMethod[] {
  const methods = readClaims(mfaToken)?.['methods'];
  const known = (Array.isArray(methods) ? methods : []) as readonly string[];
  if (known.includes('enrolment')) {
    throw needed('the organisation requires a second factor, and this user has to set one up first, in the portal');
  }
  return known as SecondFactorMethod[];
}

function needed(reason: string): ClientError {
  return new ClientError('SecondFactorNeeded', `A second factor is needed: ${reason}`);
}
