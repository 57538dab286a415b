import type { Generated } from 'kysely';

/** The tables of second factors, as Kysely sees them; see schema.ts for what the types stand for. */
export interface SecondFactorSchema {
  mfa_key: MfaKeyTable;
  mfa_challenge: MfaChallengeTable;
  email_code: EmailCodeTable;
  recovery_code: RecoveryCodeTable;
  trusted_device: TrustedDeviceTable;
}

export interface MfaKeyTable {
  id: Generated<number>;
  user_id: number;
  type: 0 | 1 | 2;
  created_at: number;
  activated_at: number | null;
  sealed_secret: string | null;
  last_step: number | null;
  challenge: string | null;
  credential_id: string | null;
  /** COSE_Key. */
  public_key: Uint8Array | null;
  counter: number | null;
  /** A JSON array. */
  transports: string | null;
}

export interface MfaChallengeTable {
  /** The token's `jti`. */
  id: string;
  user_id: number;
  enrolment: 0 | 1;
  created_at: number;
  expires_at: number;
  tries: number;
  passkey_challenge: string | null;
}

export interface EmailCodeTable {
  user_id: number;
  purpose: 'sign_in' | 'activation';
  sealed_code: string;
  created_at: number;
  expires_at: number;
}

interface RecoveryCodeTable {
  user_id: number;
  /** SHA-256 of the code. */
  code_hash: Uint8Array;
  created_at: number;
}

export interface TrustedDeviceTable {
  id: Generated<number>;
  user_id: number;
  /** SHA-256 of the user's id and the fingerprint. */
  fingerprint_hash: Uint8Array;
  operating_system: string;
  browser: string;
  name: string | null;
  activated_at: number;
  expires_at: number;
}
