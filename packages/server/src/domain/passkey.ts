import type {
  AuthenticationCredential,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
  RegistrationCredential,
} from '@keywright/contract';
import { encodeBase64url } from './base64url.ts';
import type { Random } from './ports.ts';
import type { User } from './records.ts';
import type { Passkey } from './second-factor-port.ts';
import type { Service } from './service.ts';

const challengeBytes = 32;
/** How long the browser lets the user take, in milliseconds. */
const timeoutMs = 5 * 60 * 1000;
/** Ed25519, ECDSA with P-256, RSA with SHA-256 (RFC 9053 §2, RFC 8812 §2), best first. */
const algorithms = [-8, -7, -257];

/** Makes what a passkey has to sign. */
export function createPasskeyChallenge(random: Random): string {
  return encodeBase64url(random.bytes(challengeBytes));
}

/** For which site passkeys are made, as the public URL says: they work nowhere else. */
function relyingParty(service: Service): { readonly id: string; readonly origin: string } {
  const { hostname, origin } = new URL(service.settings.publicUrl());
  return { id: hostname, origin };
}

/** What a browser needs to make a passkey. The user's handle holds neither name nor address (WebAuthn Level 3 §14.6.1). */
export function passkeyCreationOptions(service: Service, user: User, challenge: string): PasskeyCreationOptions {
  return {
    challenge,
    rp: { id: relyingParty(service).id, name: 'Keywright' },
    user: {
      id: Buffer.from(`keywright-user-${user.id}`).toString('base64url'),
      name: user.username,
      displayName: user.name,
    },
    pubKeyCredParams: algorithms.map((alg) => ({ alg, type: 'public-key' })),
    timeout: timeoutMs,
    attestation: 'none',
    authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
  };
}

/** What a browser needs to use a passkey. */
export function passkeyRequestOptions(service: Service, passkey: Passkey, challenge: string): PasskeyRequestOptions {
  return {
    challenge,
    rpId: relyingParty(service).id,
    allowCredentials: [{ id: passkey.credentialId, type: 'public-key', transports: [...passkey.transports] }],
    timeout: timeoutMs,
    userVerification: 'preferred',
  };
}

/**
 * Verifies that an authenticator made a passkey for us, in answer to our challenge (WebAuthn Level 3 §7.1).
 *
 * @returns undefined where it did not
 */
export async function verifyPasskeyRegistration(
  service: Service,
  credential: RegistrationCredential,
  challenge: string,
): Promise<Passkey | undefined> {
  // Not with the module: commands that need none of it would wait for it.
  const [{ verifyRegistrationResponse }, helpers] = await Promise.all([
    import('@simplewebauthn/server'),
    import('@simplewebauthn/server/helpers'),
  ]);
  const { id, origin } = relyingParty(service);
  return orUndefined(async () => {
    const attestation = helpers.decodeAttestationObject(
      new Uint8Array(Buffer.from(credential.response.attestationObject, 'base64url')),
    );
    // Nobody asked for certificates, and verifying them means calling the addresses that stand in them.
    if (attestation.get('attStmt').get('x5c') !== undefined) return undefined;
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { ...asCredential(credential), response: credential.response as never },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    });
    if (registrationInfo === undefined) return undefined;
    const { credential: made } = registrationInfo;
    return {
      credentialId: made.id,
      publicKey: made.publicKey,
      counter: made.counter,
      transports: credential.response.transports ?? [],
    };
  });
}

/** What a passkey proved. */
export interface PasskeyProof {
  readonly counter: number;
  /** RFC 8176: `hwk` where the key can't leave its device, `swk` where it may be synchronised. */
  readonly amr: 'hwk' | 'swk';
}

/**
 * Verifies that a passkey signed our challenge (WebAuthn Level 3 §7.2).
 *
 * @returns undefined where it did not
 */
export async function verifyPasskey(
  service: Service,
  passkey: Passkey,
  credential: AuthenticationCredential,
  challenge: string,
): Promise<PasskeyProof | undefined> {
  if (credential.id !== passkey.credentialId) return undefined;
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { id, origin } = relyingParty(service);
  return orUndefined(async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...asCredential(credential), response: credential.response },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: false,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
      },
    });
    if (!verified) return undefined;
    const { newCounter, credentialDeviceType } = authenticationInfo;
    return { counter: newCounter, amr: credentialDeviceType === 'singleDevice' ? 'hwk' : 'swk' };
  });
}

function asCredential<T extends RegistrationCredential | AuthenticationCredential>({ id, rawId, type }: T) {
  return { id, rawId, type, clientExtensionResults: {} } as const;
}

/** Whatever is wrong with a credential, the library throws; none of it is our fault, and none is told. */
async function orUndefined<T>(verify: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}
