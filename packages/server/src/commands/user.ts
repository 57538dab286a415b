import { userStatuses } from '@keywright/contract';
import { unlockUser } from '../domain/lockout.ts';
import { setPassword } from '../domain/password-change.ts';
import type { User, UserWithRoles } from '../domain/records.ts';
import { roleNames } from '../domain/role.ts';
import { resetSecondFactors } from '../domain/second-factor-removal.ts';
import type { Actor, Service } from '../domain/service.ts';
import { activateUser, suspendUser } from '../domain/user-status.ts';
import { type Command, defineCommand } from './command.ts';
import { findUser } from './find-subject.ts';
import { formatMoment, isoMoment, isoMomentOrNull, print } from './print.ts';
import { passwordOption, readPassword } from './read-secret.ts';
import { formatTable } from './text-table.ts';
import { withService } from './with-service.ts';

const email = { EMAIL: "The user's username" } as const;

/** `keywright user list`. */
export const userList = defineCommand({
  name: 'user list',
  summary: 'List every user, with status, roles and locks',
  details: [
    'A lock is of the account at large, or of one network or device that the user signs in from; the one that holds longest is shown. keywright user unlock ends them all.',
  ],
  arguments: {},
  options: {},
  async run(invocation) {
    const { users, now } = await withService(invocation, async ({ service }) => {
      return { users: await service.database.listUsers(), now: service.clock.now() };
    });
    const lockOf = (user: UserWithRoles): number | null =>
      user.lockedUntil !== null && user.lockedUntil > now ? user.lockedUntil : null;
    const result = users.map((user) => ({
      id: user.id,
      username: user.username,
      name: user.name,
      created: isoMoment(user.createdAt),
      status: userStatuses[user.status],
      organisation: { id: user.organisationId, name: user.organisationName },
      roles: roleNames(user.roles),
      locked_until: isoMomentOrNull(lockOf(user)),
    }));
    print(invocation, result, () =>
      formatTable(
        ['ID', 'USERNAME', 'NAME', 'STATUS', 'ORGANISATION', 'ROLES', 'LOCKED UNTIL'],
        users.map((user) => [
          String(user.id),
          user.username,
          user.name,
          userStatuses[user.status]?.description ?? '',
          user.organisationName,
          roleNames(user.roles).join(', '),
          formatMoment(lockOf(user)),
        ]),
      ),
    );
    return 0;
  },
});

interface UserChange {
  readonly name: string;
  readonly summary: string;
  readonly details: readonly string[];
  /** What is said once it is done, after the username. */
  readonly done: string;
  readonly change: (service: Service, actor: Actor, userId: number) => Promise<void>;
}

function userChange({ name, summary, details, done, change }: UserChange): Command {
  return defineCommand({
    name,
    summary,
    details,
    arguments: email,
    options: {},
    async run(invocation) {
      const user = await withService(invocation, async ({ service, actor }) => {
        const found = await findUser(service, invocation.args.EMAIL);
        await change(service, actor, found.id);
        return found;
      });
      print(invocation, identify(user), () => `${user.username} ${done}.\n`);
      return 0;
    },
  });
}

function identify(user: User): { id: number; username: string } {
  return { id: user.id, username: user.username };
}

/** `keywright user suspend`. */
export const userSuspend = userChange({
  name: 'user suspend',
  summary: 'Suspend a user',
  details: [
    "Every session ends, and the user's application tokens are refused. Auth tokens that were issued before are refused by this service at once; other services that verify them offline take them until they expire.",
  ],
  done: 'is suspended',
  change: suspendUser,
});

/** `keywright user activate`. */
export const userActivate = userChange({
  name: 'user activate',
  summary: 'Activate a user who was suspended',
  details: ["The user can sign in again, and the user's application tokens work again."],
  done: 'is active',
  change: activateUser,
});

/** `keywright user unlock`. */
export const userUnlock = defineCommand({
  name: 'user unlock',
  summary: 'End the lock after failed sign-ins',
  details: ['Forgets the failures of the account and of every network and device it was tried from.'],
  arguments: email,
  options: {},
  async run(invocation) {
    const { user, unlocked } = await withService(invocation, async ({ service, actor }) => {
      const found = await findUser(service, invocation.args.EMAIL);
      return { user: found, unlocked: await unlockUser(service, actor, found.id) };
    });
    const said = unlocked
      ? 'has no lock any more, and no failures that count'
      : 'was not locked, and nothing was changed';
    print(invocation, { ...identify(user), unlocked }, () => `${user.username} ${said}.\n`);
    return 0;
  },
});

/** `keywright user set-password`. */
export const userSetPassword = defineCommand({
  name: 'user set-password',
  summary: "Set a user's password; every session of the user ends",
  details: ['At a terminal the password is asked for; elsewhere it is piped in.'],
  examples: [
    'keywright user set-password jane@example.com',
    'printf %s "$PASSWORD" | keywright user set-password jane@example.com --password-stdin',
  ],
  arguments: email,
  options: { ...passwordOption },
  async run(invocation) {
    const user = await withService(invocation, async ({ service, actor }) => {
      const found = await findUser(service, invocation.args.EMAIL);
      const password = await readPassword(invocation.terminal, invocation.options);
      await setPassword(service, actor, found.id, password);
      return found;
    });
    print(invocation, identify(user), () => `${user.username} has a new password, and every session has ended.\n`);
    return 0;
  },
});

/** `keywright user reset-mfa`. */
export const userResetMfa = defineCommand({
  name: 'user reset-mfa',
  summary: "Take a user's second factors away, when all of them are lost",
  details: [
    'Removes every second factor, recovery code and trusted device of the user, who is told by mail, and signs in with the password alone from then on. Where an organisation requires a second factor, the next sign-in asks for a new one to be set up.',
  ],
  arguments: email,
  options: {},
  async run(invocation) {
    const { user, removed } = await withService(invocation, async ({ service, actor }) => {
      const found = await findUser(service, invocation.args.EMAIL);
      return { user: found, removed: await resetSecondFactors(service, actor, found.id) };
    });
    print(invocation, { ...identify(user), removed }, () => `${user.username} ${describeReset(removed)}.\n`);
    return 0;
  },
});

function describeReset(removed: number): string {
  if (removed === 0) return 'had no second factor, so nothing was taken away but trusted devices, if there were any';
  return `had ${removed} second ${removed === 1 ? 'factor' : 'factors'}, and has none now`;
}
