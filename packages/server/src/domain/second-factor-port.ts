/** 0 time-based one-time password, 1 e-mail code, 2 passkey. */
export type MfaType = 0 | 1 | 2;

/** A second factor of a user; each has one of a type at most. */
export interface MfaKey {
  readonly id: number;
  readonly userId: number;
  readonly type: MfaType;
  /** Null until the first code has confirmed it. */
  readonly activatedAt: number | null;
  readonly createdAt: number;
  /** For a TOTP: the secret in Base32, encrypted; see second-factor-secret.ts. */
  readonly sealedSecret: string | null;
  /** For a TOTP: the last step of which a code was accepted. */
  readonly lastStep: number | null;
  /** For a passkey: the challenge of its registration, as long as that is pending. */
  readonly challenge: string | null;
  readonly passkey: Passkey | null;
}

/** What is kept of a registered passkey; nothing of it is secret. */
export interface Passkey {
  /** Base64url. */
  readonly credentialId: string;
  /** COSE_Key. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
}

/** What the store knows of an `mfa_token`: the row goes when the token is used, or void. */
export interface MfaChallenge {
  /** The token's `jti`. */
  readonly id: string;
  readonly userId: number;
  /** Whether the password sufficed only to set a second factor up. */
  readonly enrolment: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly tries: number;
  /** What a passkey has to sign, once that was asked for. */
  readonly passkeyChallenge: string | null;
}

/** What an e-mail code may be used for: the second step, or to confirm the address as a second factor. */
export type EmailCodePurpose = 'sign_in' | 'activation';

export interface EmailCode {
  readonly userId: number;
  readonly purpose: EmailCodePurpose;
  readonly sealedCode: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface TrustedDevice {
  readonly id: number;
  readonly userId: number;
  readonly operatingSystem: string;
  readonly browser: string;
  readonly name: string | null;
  readonly activatedAt: number;
  readonly expiresAt: number;
}

export interface MfaKeyStore {
  /** A user's keys, active and pending, by id. */
  listMfaKeys(userId: number): Promise<MfaKey[]>;
  /** The keys of several users, by user and id. */
  listMfaKeysOf(userIds: readonly number[]): Promise<MfaKey[]>;
  insertMfaKey(key: Omit<MfaKey, 'id' | 'activatedAt' | 'lastStep' | 'passkey'>): Promise<MfaKey>;
  /** Confirms a pending key; false where it is pending no more, or its passkey is registered already. */
  activateMfaKey(
    id: number,
    change: { readonly activatedAt: number; readonly lastStep?: number; readonly passkey?: Passkey },
  ): Promise<boolean>;
  /** Takes a TOTP's step; false where that one or a later one was accepted before. */
  acceptTotpStep(id: number, step: number): Promise<boolean>;
  /** Notes a passkey's counter; false where it has not grown, though it or the one before is not 0. */
  acceptPasskeyCounter(id: number, counter: number): Promise<boolean>;
  deleteMfaKey(id: number): Promise<boolean>;
}

export interface MfaChallengeStore {
  insertMfaChallenge(challenge: Omit<MfaChallenge, 'tries' | 'passkeyChallenge'>): Promise<void>;
  findMfaChallenge(id: string): Promise<MfaChallenge | undefined>;
  /** Takes one of the tries; false where `limit` are taken, or the challenge is gone. */
  takeMfaTry(id: string, limit: number): Promise<boolean>;
  setPasskeyChallenge(id: string, challenge: string): Promise<boolean>;
  /** Lets a challenge that was for enrolment be answered with the factor that was set up. */
  completeEnrolment(id: string): Promise<boolean>;
  /** Uses a challenge up; false where it is gone already. */
  deleteMfaChallenge(id: string): Promise<boolean>;
  /** Voids a user's challenges, but for `exceptId`. */
  deleteMfaChallenges(userId: number, exceptId?: string): Promise<void>;
  /** Voids every challenge that there is. */
  deleteAllMfaChallenges(): Promise<void>;
}

export interface SecondFactorCodeStore {
  findEmailCode(userId: number, purpose: EmailCodePurpose): Promise<EmailCode | undefined>;
  /** Puts a code in the place of the one before. */
  upsertEmailCode(code: EmailCode): Promise<void>;
  /** Uses a code up; false where it is gone already. */
  deleteEmailCode(code: Pick<EmailCode, 'userId' | 'purpose' | 'sealedCode'>): Promise<boolean>;
  /** Puts a set of codes in the place of the one before; an empty one removes it. */
  replaceRecoveryCodes(userId: number, hashes: readonly Uint8Array[], createdAt: number): Promise<void>;
  countRecoveryCodes(userId: number): Promise<number>;
  /** Uses a code up; false where there is none such. */
  deleteRecoveryCode(userId: number, hash: Uint8Array): Promise<boolean>;
}

export interface TrustedDeviceStore {
  /** A user's devices whose time has not passed, by id. */
  listTrustedDevices(userId: number, now: number): Promise<TrustedDevice[]>;
  findTrustedDevice(userId: number, fingerprintHash: Uint8Array, now: number): Promise<TrustedDevice | undefined>;
  /** Trusts a device, or trusts it anew. */
  upsertTrustedDevice(device: Omit<TrustedDevice, 'id'> & { readonly fingerprintHash: Uint8Array }): Promise<number>;
  deleteTrustedDevice(userId: number, id: number): Promise<boolean>;
  /** Answers how many there were. */
  deleteTrustedDevices(userId: number): Promise<number>;
}

/** What concerns second factors in other things' tables. */
export interface SecondFactorStore extends MfaKeyStore, MfaChallengeStore, SecondFactorCodeStore, TrustedDeviceStore {
  /** Notes when a session's user passed the second factor. */
  setSecondFactorAt(sessionId: number, at: number): Promise<void>;
  /** When a session's user passed the second factor; undefined where they did not. */
  findSecondFactorAt(sessionId: number): Promise<number | undefined>;
  /** Whether one of the organisations requires a second factor. */
  isSecondFactorRequired(organisationIds: readonly number[]): Promise<boolean>;
  setSecondFactorRequired(organisationId: number, required: boolean): Promise<void>;
}
