import type { Caller, Service } from './service.ts';
import type { SightScope } from './workspace-port.ts';

/** The organisations whose things a caller sees and changes: its own and that one's direct children (contract §1). */
export async function organisationIdsOf(service: Service, caller: Caller): Promise<number[]> {
  return [caller.organisation.id, ...(await service.database.findChildIds(caller.organisation.id))];
}

/** Which users a caller sees: those at home in, or assigned to, one of these organisations. */
export async function sightScopeOf(service: Service, caller: Caller): Promise<SightScope> {
  return { organisationId: caller.organisation.id, organisationIds: await organisationIdsOf(service, caller) };
}
