import type { Page, PageQuery, User, UserStatus, Workspace } from './records.ts';

/** The place of a user in an organisation. */
export interface Assignment {
  readonly userId: number;
  readonly organisation: { readonly id: number; readonly name: string };
  readonly roles: number;
  /** 0 invited and yet to accept, 1 active, 2 suspended. */
  readonly status: UserStatus;
  readonly createdAt: number;
}

/** A user as those see them who work in one organisation. */
export interface SeenUser extends User {
  /** The name of the home organisation. */
  readonly organisationName: string;
  /** The workspace through which the user is seen; null where assigned to none that is. */
  readonly seenIn: { readonly organisationId: number; readonly roles: number; readonly status: UserStatus } | null;
}

/** Who is seen: whoever is at home in, or assigned to, one of the organisations. */
export interface SightScope {
  /** Comes first where a user is assigned to several; the home organisation comes second. */
  readonly organisationId: number;
  readonly organisationIds: readonly number[];
}

/** A live application token of a maker who goes. */
export interface TokenOfMaker {
  readonly id: number;
  readonly organisation: { readonly id: number; readonly name: string };
  readonly roles: number | null;
  readonly expiresAt: number | null;
}

export interface SightStore {
  listSeenUsers(scope: SightScope, query: PageQuery): Promise<Page<SeenUser>>;
  /** `usernameKey` also finds those who wait for this username to be confirmed. */
  findSeenUser(
    scope: SightScope,
    by: { readonly id: number } | { readonly usernameKey: string },
  ): Promise<SeenUser | undefined>;
}

export interface AssignmentStore {
  /** A user's places, whatever their status, the longest held first. */
  listAssignments(userId: number): Promise<Assignment[]>;
  findAssignment(userId: number, organisationId: number): Promise<Assignment | undefined>;
  /** False where there is one. */
  insertAssignment(assignment: {
    userId: number;
    organisationId: number;
    roles: number;
    status: UserStatus;
    createdAt: number;
  }): Promise<boolean>;
  setAssignmentStatus(userId: number, organisationId: number, status: UserStatus): Promise<void>;
  /** Adds and takes away roles in one atomic statement. */
  changeAssignmentRoles(
    userId: number,
    organisationId: number,
    change: { readonly added: number; readonly removed: number },
  ): Promise<void>;
  /** False where there is none. */
  deleteAssignment(userId: number, organisationId: number): Promise<boolean>;
  /** Where a user may work now by an assignment, by organisation id; a SuperAdmin reaches more: {@link findMainChildren}. */
  listAssignedWorkspaces(userId: number): Promise<Workspace[]>;
  /** Where a user may work now, also as the SuperAdmin of the main organisation. */
  findWorkspace(
    userId: number,
    organisationId: number,
  ): Promise<(Workspace & { readonly tokensFrom: number }) | undefined>;
  /** The direct children of the main organisations in which the user has one of `roles`. */
  findMainChildren(userId: number, roles: number): Promise<{ readonly id: number; readonly name: string }[]>;
  /** How many others can sign in and work in an organisation with one of `roles`. */
  countOthersWithRoles(organisationId: number, roles: number, exceptUserId: number): Promise<number>;
  /** Moves a live session to another workspace; false where it is not live any more. */
  moveSession(sessionId: number, organisationId: number, now: number): Promise<boolean>;
}

export interface InvitationStore {
  /** What stands in an organisation for a user who is invited and yet to accept: see invitation.ts. */
  findInvitation(invitedUserId: number, organisationId: number): Promise<User | undefined>;
  /** Everything that a user is invited to in this way. */
  listInvitations(invitedUserId: number): Promise<(Assignment & { readonly invitation: User })[]>;
}

export interface FormerUserStore {
  /** Removes a user; the name stays known to the events. `successorId` is whom the id goes on to mean, if anybody. */
  deleteUser(user: User, successorId: number | null): Promise<void>;
  /** Whom the id of a user who is gone goes on to mean. */
  findSuccessor(formerId: number): Promise<User | undefined>;
  /** What a user made and is neither revoked nor expired, by id. */
  listTokensOfMaker(userId: number, now: number): Promise<TokenOfMaker[]>;
  /** Hands a token over to another maker, with roles of its own. */
  transferApplicationToken(id: number, change: { creatorId: number; roles: number }): Promise<void>;
}

export interface WorkspaceStore extends SightStore, AssignmentStore, InvitationStore, FormerUserStore {}

export interface WorkspaceLocks {
  /** Holds organisations until the transaction ends, so that two administrators can't remove each other; take it before users. */
  holdOrganisations(ids: readonly number[]): Promise<void>;
  /** Lets one transaction at a time give out a username. */
  lockUsername(usernameKey: string): Promise<void>;
}
