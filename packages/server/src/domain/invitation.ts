import { activationLink, createActivationKey } from './activation-key.ts';
import { Refusal } from './errors.ts';
import { enqueueMail, mailTo } from './mail.ts';
import type { Language } from './mail-port.ts';
import type { Stores } from './ports.ts';
import type { Organisation, User } from './records.ts';
import type { RoleSet } from './role.ts';
import type { Service } from './service.ts';
import { invitedKey, isUnused } from './unconfirmed-username.ts';
import type { NewPerson } from './user-input.ts';
import { insertUserWithPlace } from './user-insert.ts';

/*
 * Whoever makes a user must not learn whether the name exists in an organisation that they don't see. So somebody who does
 * exist is invited by a row of its own, which is to every call what a new pending user is: it has the next id, the name
 * that the inviter gave, and a place in the inviting organisation. Its username key is random, and `invitedUserId` says
 * whom it stands for. Once they accept, the place becomes theirs, the row goes, and its id goes on to mean them.
 */

/** Inserts a pending user; undefined where the username is taken. */
export async function insertPendingUser(
  service: Service,
  stores: Stores,
  person: NewPerson,
  language: Language,
): Promise<User | undefined> {
  try {
    return await insertUserWithPlace(service, stores, { ...person, language });
  } catch (error) {
    if (error instanceof Refusal && error.token === 'Conflict') return undefined;
    throw error;
  }
}

/** Inserts what stands for a user who exists out of the inviter's sight. */
export async function insertInvitation(
  service: Service,
  stores: Stores,
  person: NewPerson,
  { account, language }: { readonly account: User; readonly language: Language },
): Promise<User> {
  return insertUserWithPlace(service, stores, {
    ...person,
    usernameKey: invitedKey(service),
    pendingUsernameKey: person.usernameKey,
    invitedUserId: account.id,
    language,
  });
}

/** Mails a new user the link that activates the account. */
export async function mailActivation(
  service: Service,
  stores: Stores,
  about: {
    readonly user: User;
    readonly organisation: Pick<Organisation, 'name'>;
    /** The name of who made the user. */
    readonly inviter: string;
    readonly template: 'activation' | 'invitation';
  },
): Promise<void> {
  const { user, inviter, template } = about;
  const link = activationLink(service, await createActivationKey(service, stores, { user, purpose: 'activation' }));
  const data = { name: user.name, organisation: about.organisation.name, link };
  await enqueueMail(service, stores, {
    ...mailTo(user),
    ...(template === 'activation' ? { template, data } : { template, data: { ...data, inviter } }),
  });
}

/** Mails a user who has an account the link that accepts an invitation. */
export async function mailInvitation(
  service: Service,
  stores: Stores,
  about: {
    readonly account: User;
    readonly organisation: Pick<Organisation, 'id' | 'name'>;
    readonly roles: RoleSet;
    /** The name of who invites. */
    readonly inviter: string;
  },
): Promise<void> {
  const { account, organisation, roles, inviter } = about;
  const key = await createActivationKey(service, stores, {
    user: account,
    purpose: 'invitation',
    organisationId: organisation.id,
    roles,
  });
  const data = { name: account.name, organisation: organisation.name, inviter, link: activationLink(service, key) };
  await enqueueMail(service, stores, { ...mailTo(account), template: 'invitation', data });
}

/**
 * Gives a user the place that an invitation promised, within the transaction that spends its key.
 *
 * The place counts as it is now, not as it was when the mail went out: the inviter may have changed its roles, or withdrawn
 * it. An account that nobody has used before moves home to the organisation whose invitation is accepted first; where it
 * was made, it waits to be accepted as well.
 *
 * @param user as it was before this acceptance gave it a password
 * @returns the roles that it gave; undefined where there is nothing to accept (any more)
 */
export async function acceptInvitation(
  service: Service,
  stores: Stores,
  user: User,
  organisationId: number,
): Promise<RoleSet | undefined> {
  // An invitation that was left over, from an organisation and the one above it, lifts no suspension and gives back no role.
  const present = await stores.findAssignment(user.id, organisationId);
  if (present !== undefined && present.status !== 0) return undefined;
  const roles = await takeInvitation(stores, user, organisationId);
  if (roles === undefined) return undefined;
  const createdAt = service.clock.now();
  const isNew = await stores.insertAssignment({ userId: user.id, organisationId, roles, status: 1, createdAt });
  if (!isNew) {
    await stores.changeAssignmentRoles(user.id, organisationId, { added: roles, removed: 0 });
    await stores.setAssignmentStatus(user.id, organisationId, 1);
  }
  if (isUnused(user) && user.organisationId !== organisationId) {
    const made = await stores.findAssignment(user.id, user.organisationId);
    await stores.setAssignmentStatus(user.id, user.organisationId, 0);
    // The link that was to activate the account there is the one to accept that place with.
    await stores.turnActivationKeys(user.id, { organisationId: user.organisationId, roles: made?.roles ?? 0 });
    await stores.updateUser(user.id, { organisationId });
  }
  return roles;
}

/** Removes what stands for the user, and answers the roles that it had; a suspended one waits. */
async function takeInvitation(stores: Stores, user: User, organisationId: number): Promise<RoleSet | undefined> {
  const invitation = await stores.findInvitation(user.id, organisationId);
  if (invitation === undefined) {
    const place = await stores.findAssignment(user.id, organisationId);
    return place?.status === 0 ? place.roles : undefined;
  }
  if (invitation.status === 2 || invitation.pendingUsernameKey !== user.usernameKey) return undefined;
  const place = await stores.findAssignment(invitation.id, organisationId);
  if (invitation.organisationId === organisationId) await stores.deleteUser(invitation, user.id);
  else await stores.deleteAssignment(invitation.id, organisationId);
  return place?.roles;
}

/**
 * Lets a user who is invited say no. To the inviter it looks as before: the invitation stands for nobody from then on.
 *
 * @returns false where there is no invitation to this organisation
 */
export async function declineInvitation(stores: Stores, userId: number, organisationId: number): Promise<boolean> {
  const invitation = await stores.findInvitation(userId, organisationId);
  if (invitation === undefined) return false;
  await stores.updateUser(invitation.id, { invitedUserId: null });
  return true;
}
