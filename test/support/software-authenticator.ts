import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type {
  AuthenticationCredential,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
  RegistrationCredential,
} from '../../packages/contract/src/index.ts';

/** What an authenticator says in one answer that an honest one would say otherwise. */
export interface Deviation {
  /** The page that it is used on. */
  readonly origin?: string;
  readonly rpId?: string;
  readonly counter?: number;
  /** Null: a challenge that was never given. */
  readonly challenge?: string | null;
  /** Flips a bit of the signature. */
  readonly spoilsSignature?: boolean;
  /** For a registration: claims this credential id. */
  readonly credentialId?: string;
  /** For a registration: brings a certificate, though nobody asked for one. */
  readonly attests?: boolean;
}

/** An authenticator and its browser, in software: one ES256 passkey (WebAuthn Level 3 §6). */
export interface SoftwareAuthenticator {
  readonly credentialId: string;
  create(options: PasskeyCreationOptions, deviation?: Deviation): RegistrationCredential;
  get(options: PasskeyRequestOptions, deviation?: Deviation): AuthenticationCredential;
}

const userPresent = 0x01;
const userVerified = 0x04;
const backupEligible = 0x08;
const attestedCredentialData = 0x40;

/**
 * Makes an authenticator whose signature counter grows by one with each use.
 *
 * @param origin of the page that it is used on
 */
export function createSoftwareAuthenticator(
  origin: string,
  settings: { readonly synchronises?: boolean; readonly counts?: boolean } = {},
): SoftwareAuthenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(16).toString('base64url');
  const baseFlags = userPresent | userVerified | (settings.synchronises === true ? backupEligible : 0);
  let uses = 0;
  const nextCounter = (given: number | undefined): number => {
    uses += settings.counts === false ? 0 : 1;
    return given ?? uses;
  };
  return {
    credentialId,
    create(options, deviation = {}) {
      const id = deviation.credentialId ?? credentialId;
      const authData = Buffer.concat([
        authenticatorData(
          deviation.rpId ?? options.rp.id,
          baseFlags | attestedCredentialData,
          nextCounter(deviation.counter),
        ),
        Buffer.alloc(16),
        uint16(Buffer.from(id, 'base64url').length),
        Buffer.from(id, 'base64url'),
        coseKey(publicKey),
      ]);
      const statement: CborMap =
        deviation.attests === true ? new Map([['x5c', [Buffer.from('a certificate')]]]) : new Map();
      const attestation = new Map<string, Cbor>([
        ['fmt', deviation.attests === true ? 'packed' : 'none'],
        ['attStmt', statement],
        ['authData', authData],
      ]);
      return {
        id,
        rawId: id,
        type: 'public-key',
        response: {
          clientDataJSON: clientData('webauthn.create', challengeIn(options, deviation), deviation.origin ?? origin),
          attestationObject: encodeCbor(attestation).toString('base64url'),
          transports: ['internal'],
        },
      };
    },
    get(options, deviation = {}) {
      const authData = authenticatorData(deviation.rpId ?? options.rpId, baseFlags, nextCounter(deviation.counter));
      const data = clientData('webauthn.get', challengeIn(options, deviation), deviation.origin ?? origin);
      const signature = signAssertion(privateKey, authData, data);
      if (deviation.spoilsSignature === true) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        response: {
          clientDataJSON: data,
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
        },
      };
    },
  };
}

function challengeIn(options: { readonly challenge: string }, { challenge }: Deviation): string | null {
  return challenge === undefined ? options.challenge : challenge;
}

function authenticatorData(rpId: string, flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), count]);
}

function clientData(type: string, challenge: string | null, origin: string): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url');
}

function signAssertion(key: KeyObject, authData: Buffer, clientDataJson: string): Buffer {
  const hash = createHash('sha256').update(Buffer.from(clientDataJson, 'base64url')).digest();
  return sign('sha256', Buffer.concat([authData, hash]), key);
}

/** An EC2 key with P-256, for ES256 (RFC 9053 §7.1.1). */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return encodeCbor(
    new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  );
}

type Cbor = number | string | Buffer | readonly Cbor[] | CborMap;
type CborMap = ReadonlyMap<number | string, Cbor>;

/** As much of CBOR as an authenticator writes (RFC 8949 §3). */
function encodeCbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value);
  if (Buffer.isBuffer(value)) return Buffer.concat([cborHead(2, value.length), value]);
  if (typeof value === 'string') return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => Buffer.concat([encodeCbor(key), encodeCbor(item)]));
    return Buffer.concat([cborHead(5, value.size), ...pairs]);
  }
  const items = value as readonly Cbor[];
  return Buffer.concat([cborHead(4, items.length), ...items.map(encodeCbor)]);
}

function cborHead(majorType: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(majorType << 5) | argument]);
  if (argument < 256) return Buffer.from([(majorType << 5) | 24, argument]);
  return Buffer.concat([Buffer.from([(majorType << 5) | 25]), uint16(argument)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
