import type { User } from './records.ts';

/** What whoever has the key may do. */
export type ActivationPurpose = 'activation' | 'invitation' | 'password_reset' | 'username_change';

/** A key that a mail's link carries, without the key itself. */
export interface ActivationKey {
  /** The key's `jti`. */
  readonly id: string;
  readonly userId: number;
  readonly purpose: ActivationPurpose;
  /** Where an invitation leads, and with which roles. */
  readonly organisationId: number | null;
  readonly roles: number | null;
  /** The username and the password's age as they were: the key is void once either has changed. */
  readonly usernameKey: string;
  readonly passwordChangedAt: number | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

export interface ActivationKeyStore {
  insertActivationKey(key: ActivationKey): Promise<void>;
  findActivationKey(id: string): Promise<ActivationKey | undefined>;
  /** Marks a key used; false where it was used already, also by somebody at the same moment. */
  spendActivationKey(id: string, usedAt: number): Promise<boolean>;
  /** Voids every unused key of a user for some purposes. */
  voidActivationKeys(userId: number, purposes: readonly ActivationPurpose[], usedAt: number): Promise<void>;
  /**
   * Lets a user's unused keys of invitations from before the first password outlive it, bound to it as if they had been made
   * afterwards.
   */
  keepInvitationKeys(userId: number, passwordChangedAt: number): Promise<void>;
  /** Makes keys of an invitation out of a user's unused ones that were to activate the account. */
  turnActivationKeys(userId: number, invitation: { organisationId: number; roles: number }): Promise<void>;
  /** Who waits to have this username confirmed, the last to ask for it first. */
  findRenamedUser(pendingUsernameKey: string): Promise<User | undefined>;
}
