import { type Static, Type } from 'typebox';

/** Every role, by its name in tokens (`roles`) and its id on the wire. */
export const roleIds = { Administrator: 1, User: 2, Observer: 3, SuperAdmin: 4, Service: 5 } as const;

/** A role's name, as tokens carry it. */
export type RoleName = keyof typeof roleIds;

export const RoleSchema = Type.Object(
  {
    id: Type.Integer({ description: '1 Administrator, 2 User, 3 Observer, 4 SuperAdmin, 5 Service' }),
    name: Type.String(),
  },
  { title: 'Role' },
);

/** A role as it stands inside resources. */
export type Role = Static<typeof RoleSchema>;
