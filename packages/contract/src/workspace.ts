import { type Static, Type } from 'typebox';
import { lookupSchema, ReferenceSchema } from './lookup.ts';
import { RoleSchema } from './role.ts';
import { userStatuses } from './user.ts';

export const WorkspaceSchema = Type.Object(
  {
    id: Type.Integer({ description: "The organisation's id" }),
    name: Type.String(),
    status: lookupSchema('Workspace status', userStatuses),
    roles: Type.Array(RoleSchema, { description: 'The roles there' }),
  },
  { title: 'Workspace' },
);

/** The place of a user in an organisation, as the API answers it. */
export type WorkspaceResource = Static<typeof WorkspaceSchema>;

export const UpdateWorkspaceSchema = Type.Object({ status: ReferenceSchema }, { title: 'Workspace change' });

export type UpdateWorkspace = Static<typeof UpdateWorkspaceSchema>;

export const SwitchWorkspaceSchema = Type.Object(
  { target_organisation: ReferenceSchema },
  { title: 'Workspace switch' },
);

export type SwitchWorkspace = Static<typeof SwitchWorkspaceSchema>;

export const SwitchedWorkspaceSchema = Type.Object(
  { auth_token: Type.String({ description: 'For the other workspace' }) },
  { title: 'Switched workspace' },
);
