import type { MfaMethod } from '@keywright/contract';

/** A kind of second factor that one sets up. */
export type FactorKind = Exclude<MfaMethod, 'enrolment' | 'recovery_code'>;

/** The type of each kind on the wire; `GET /api/v1/user/mfa/type`. */
export const factorTypeIds: Readonly<Record<FactorKind, number>> = { totp: 0, email_code: 1, passkey: 2 };
