import type {
  AuthenticationCredential,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
  RegistrationCredential,
} from '@keywright/contract';

/** The browser has neither made nor used a passkey: the reader cancelled, waited too long, or there is none here. */
export class PasskeyError extends Error {
  override readonly name = 'PasskeyError';
}

/** Whether this browser has passkeys on this page: it has none over plain HTTP. */
export function hasPasskeys(): boolean {
  return typeof window.PublicKeyCredential === 'function';
}

/** Lets a passkey sign. @throws PasskeyError */
export async function getPasskey(optionsJSON: PasskeyRequestOptions): Promise<AuthenticationCredential> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  try {
    // The library's types name the words that our contract leaves as texts.
    return await startAuthentication({ optionsJSON } as Parameters<typeof startAuthentication>[0]);
  } catch (error) {
    throw new PasskeyError('no passkey was used', { cause: error });
  }
}

/** Has a passkey made. @throws PasskeyError */
export async function createPasskey(optionsJSON: PasskeyCreationOptions): Promise<RegistrationCredential> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  try {
    return await startRegistration({ optionsJSON } as Parameters<typeof startRegistration>[0]);
  } catch (error) {
    throw new PasskeyError('no passkey was made', { cause: error });
  }
}
