import type { WorkspaceStore } from '../domain/workspace-port.ts';
import { assignmentStore } from './assignment-store.ts';
import { formerUserStore } from './former-user-store.ts';
import { invitationStore } from './invitation-store.ts';
import { sightStore } from './sight-store.ts';
import type { StoreOperations } from './storage-session.ts';

export const workspaceStore: StoreOperations<WorkspaceStore> = {
  ...sightStore,
  ...assignmentStore,
  ...invitationStore,
  ...formerUserStore,
};
