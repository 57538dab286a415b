import type { RoleName } from '@keywright/contract';
import { useStore } from '../store/store.ts';
import { sessionStore } from './session.ts';

/** What the reader's roles let them do where they work; the server decides, this only spares them what it would refuse. */
export interface Rights {
  readonly roles: readonly RoleName[];
  readonly isAdministrator: boolean;
  /** Who they are, as `sub` in tokens names them. */
  readonly userId: number;
  readonly organisationId: number;
  /** Whether they may see the events of all, not only their own. */
  readonly seesAllEvents: boolean;
}

const none: Rights = { roles: [], isAdministrator: false, userId: 0, organisationId: 0, seesAllEvents: false };

/** Reads the rights of who is signed in. */
export function useRights(): Rights {
  const session = useStore(sessionStore);
  if (session.status !== 'signed-in') return none;
  const { roles, sub, org } = session.claims;
  const isAdministrator = roles.includes('Administrator') || roles.includes('SuperAdmin');
  return {
    roles,
    isAdministrator,
    userId: Number(sub.split(':')[1]),
    organisationId: org.id,
    seesAllEvents: isAdministrator || roles.includes('Observer'),
  };
}
