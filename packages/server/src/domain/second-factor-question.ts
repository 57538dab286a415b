import { eventOf } from './event.ts';
import { issueMfaToken } from './mfa-token.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, User, Workspace } from './records.ts';
import { roleSet } from './role.ts';
import { listActiveMfaKeys } from './second-factor-use.ts';
import type { Client, Service } from './service.ts';
import { findTrustedDevice } from './trusted-device.ts';

/** A password that was right, and what came with it. */
export interface RightPassword {
  readonly user: User;
  readonly workspaces: readonly Workspace[];
  readonly client: Client;
  readonly fingerprint: string | undefined;
}

/**
 * Asks for the second step, within the transaction that accepts a password: where the user has a second factor and the call
 * comes from no trusted device, or, for one to be set up, where the user has none and an organisation that they are assigned
 * to requires it.
 *
 * @returns undefined where the password is enough
 */
export async function askSecondFactor(
  service: Service,
  stores: Stores,
  { user, workspaces, client, fingerprint }: RightPassword,
): Promise<{ readonly mfa_token: string; readonly event: NewEvent } | undefined> {
  const factors = await listActiveMfaKeys(stores, user.id);
  const isNeeded =
    factors.length > 0
      ? (await findTrustedDevice(service, stores, user, fingerprint)) === undefined
      : await stores.isSecondFactorRequired(await listReach(stores, user, workspaces));
  if (!isNeeded) return undefined;
  const what = factors.length > 0 ? 'for a second factor' : 'to set a second factor up';
  const event = eventOf(service, client, {
    type: 'SecondFactorAsked',
    organisationId: user.organisationId,
    userId: user.id,
    description: `${user.username} gave the right password and was asked ${what}`,
  });
  return { mfa_token: await issueMfaToken(service, stores, user, factors), event };
}

/** Every organisation that a user may work in, also as the SuperAdmin of a main organisation. */
async function listReach(stores: Stores, user: User, workspaces: readonly Workspace[]): Promise<number[]> {
  const reached = await stores.findMainChildren(user.id, roleSet('SuperAdmin'));
  return [...workspaces, ...reached].map(({ id }) => id);
}
