import type { EventResource, OwnData } from '@keywright/contract';
import { tokenMeasures } from './application-token-attention.ts';
import { applicationTokenResource } from './application-token-resource.ts';
import { notFound } from './errors.ts';
import { readOwnEvents } from './event-list.ts';
import { requireInPerson, requirePermission } from './permission.ts';
import type { Caller, Service } from './service.ts';
import { listOwnSessions } from './session-list.ts';
import { listTrustedDevices } from './trusted-device.ts';
import { getUser } from './user-list.ts';
import { listWorkspaces } from './workspace.ts';

/** What the service keeps about a user: the events, which may be many, are read as they are asked for. */
export interface GatheredOwnData {
  readonly data: Omit<OwnData, 'events'>;
  readonly events: AsyncIterable<EventResource>;
}

/**
 * Gathers what the service keeps about the caller, but for secrets and for the addresses of others (contract §9): what is in
 * other organisations than the one that the caller works in, too.
 *
 * @throws Refusal Forbidden for whoever did not sign in
 */
export async function gatherOwnData(service: Service, caller: Caller): Promise<GatheredOwnData> {
  requireInPerson(caller);
  requirePermission(caller, 'user.read_own');
  const { database, clock } = service;
  const { id } = caller.user;
  const stored = await database.findUser(id);
  if (stored === undefined) throw notFound('User', id);
  const { mfa, ...user } = await getUser(service, caller, 'my');
  const measures = tokenMeasures(service);
  const tokens = await database.listApplicationTokensOf(id, measures);
  const { passwordChangedAt } = stored;
  const data = {
    gathered: new Date(clock.now()).toISOString(),
    user,
    password_changed: passwordChangedAt === null ? null : new Date(passwordChangedAt).toISOString(),
    workspaces: await listWorkspaces(service, caller, 'my'),
    sessions: await listOwnSessions(service, caller),
    second_factors: mfa,
    recovery_codes: await database.countRecoveryCodes(id),
    trusted_devices: await listTrustedDevices(service, caller, 'my'),
    application_tokens: tokens.map((token) => applicationTokenResource(token, measures)),
  };
  return { data, events: readOwnEvents(service, caller) };
}
