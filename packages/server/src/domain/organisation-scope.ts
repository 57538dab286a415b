import type { Caller, Service } from './service.ts';

/** The organisations whose things a caller sees and changes: its own and that one's direct children (contract §1). */
export async function organisationIdsOf(service: Service, caller: Caller): Promise<number[]> {
  return [caller.organisation.id, ...(await service.database.findChildIds(caller.organisation.id))];
}
