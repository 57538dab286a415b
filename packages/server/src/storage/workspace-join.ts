/**
 * Joins what a user may do in `organisation`: by an active assignment, and as the SuperAdmin of the main organisation that
 * it is a direct child of. Their roles are `assignment.roles` and `main_place.roles`: see `workspaceRoles`.
 *
 * @param userId the column that names the user
 */
export function joinWorkspaceOf(userId: string): string {
  return `
    LEFT JOIN assignment ON assignment.user_id = ${userId} AND assignment.organisation_id = organisation.id
      AND assignment.status = 1
    LEFT JOIN organisation AS main ON main.id = organisation.parent_id AND main.parent_id IS NULL
    LEFT JOIN assignment AS main_place ON main_place.user_id = ${userId} AND main_place.organisation_id = main.id
      AND main_place.status = 1`;
}
