/** A sign-up that waits for its confirmation. Nothing else of it exists before: no user and no organisation. */
export interface StoredSignUp {
  /** The `jti` of the key that confirms it. */
  readonly id: string;
  readonly usernameKey: string;
  /** Who signed up, as JSON, sealed for {@link sealedSignUpPurpose}. */
  readonly sealedData: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface SignUpStore {
  insertSignUp(signUp: StoredSignUp): Promise<void>;
  findSignUp(id: string): Promise<StoredSignUp | undefined>;
  /** The last one with this username that can still be confirmed. */
  findLatestSignUp(usernameKey: string, now: number): Promise<StoredSignUp | undefined>;
  /** Removes it; false where somebody else has done so, also at the same moment. */
  takeSignUp(id: string): Promise<boolean>;
  deleteSignUps(usernameKey: string): Promise<void>;
}

/** What the sealed text of a sign-up is bound to. */
export const sealedSignUpPurpose = 'sign-up';
