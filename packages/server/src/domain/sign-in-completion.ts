import { eventOf } from './event.ts';
import { noteCompletedSignIn } from './lockout.ts';
import type { Stores } from './ports.ts';
import type { LockoutKey, NewEvent, Session, User, Workspace } from './records.ts';
import type { Client, Service } from './service.ts';
import { beginSession } from './session.ts';

/** A sign-in that nothing is missing of. */
export interface CompletedSignIn {
  readonly user: User;
  readonly workspace: Workspace;
  readonly client: Client;
  /** How the user signed in (RFC 8176 values). */
  readonly amr: readonly string[];
  /** Which count judged it. */
  readonly lockoutKey: LockoutKey;
  readonly passedSecondFactor: boolean;
}

/** Begins the session of a sign-in that is complete, within the transaction that judged its last step. */
export async function beginSignedInSession(
  service: Service,
  stores: Stores,
  { user, workspace, client, amr, lockoutKey, passedSecondFactor }: CompletedSignIn,
): Promise<{ readonly session: Session; readonly event: NewEvent }> {
  const session = await beginSession(service, stores, { user, workspace, client, amr });
  if (passedSecondFactor) await stores.setSecondFactorAt(session.id, service.clock.now());
  await noteCompletedSignIn(service, stores, user, client, lockoutKey);
  const event = eventOf(service, client, {
    type: 'UserSignedIn',
    organisationId: workspace.id,
    userId: user.id,
    description: `${user.username} signed in`,
    detail: { session_id: session.id, amr },
  });
  return { session, event };
}
