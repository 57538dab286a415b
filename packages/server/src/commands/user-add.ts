import { type RoleName, roleIds, userStatuses } from '@keywright/contract';
import { createUser, findUserProblems } from '../domain/active-user.ts';
import { invalidInput } from '../domain/errors.ts';
import { createOrganisation } from '../domain/organisation.ts';
import type { Organisation } from '../domain/records.ts';
import type { Service } from '../domain/service.ts';
import { normaliseUsername } from '../domain/username.ts';
import { CommandError, defineCommand, UsageError } from './command.ts';
import { findOrganisation } from './find-subject.ts';
import { print } from './print.ts';
import { passwordOption, readPassword } from './read-secret.ts';
import { type CommandContext, withService } from './with-service.ts';

const firstOrganisationName = 'Keywright';
/** The role Service is for application tokens only. */
const roles = Object.keys(roleIds).filter((name) => name !== 'Service') as RoleName[];

/** `keywright user add`: makes a user who can sign in at once. */
export const userAdd = defineCommand({
  name: 'user add',
  summary: 'Make a user who can sign in at once',
  details: [
    'At a terminal the password is asked for; elsewhere it is piped in.',
    `Without --organisation the user is put into the first organisation; where there is none yet, one named ${firstOrganisationName} is made. Without --role, the first user of an organisation becomes its Administrator, and every later one a User.`,
  ],
  examples: [
    'keywright user add jane@example.com --name "Jane Doe"',
    'printf %s "$PASSWORD" | keywright user add jane@example.com --password-stdin',
  ],
  arguments: { EMAIL: 'The username: an e-mail address' },
  options: {
    name: { value: 'NAME', meaning: 'The name of the person; where absent, what stands before the @' },
    organisation: { value: 'ORGANISATION', meaning: 'The organisation, by id or name' },
    role: { value: 'ROLE', meaning: `One of ${roles.join(', ')}` },
    ...passwordOption,
  },
  async run(invocation) {
    const { args, options, terminal } = invocation;
    const asked = options.role === undefined ? undefined : readRole(options.role);
    const password = await readPassword(terminal, options);
    const add = async (context: CommandContext) => {
      await refuseExisting(context.service, args.EMAIL);
      const person = { username: args.EMAIL, password, name: options.name ?? args.EMAIL.split('@')[0] ?? args.EMAIL };
      // Before an organisation is made that nobody would be in.
      const problems = await findUserProblems(context.service, person);
      if (problems.length > 0) throw invalidInput(problems);
      const organisation = await chooseOrganisation(context, options.organisation);
      const role = asked ?? (await defaultRole(context, organisation));
      const input = { ...person, role, organisationId: organisation.id };
      return { user: await createUser(context.service, context.actor, input), organisation, role };
    };
    const { user, organisation, role } = await withService(invocation, add, { mayMakeStore: true });
    const result = {
      id: user.id,
      username: user.username,
      name: user.name,
      organisation: { id: organisation.id, name: organisation.name },
      roles: [role],
    };
    print(
      invocation,
      result,
      () => `User ${user.id}, ${user.username}, is active as ${role} of ${organisation.name}.\n`,
    );
    return 0;
  },
});

/** Says of a user who is there what to do instead. */
async function refuseExisting(service: Service, username: string): Promise<void> {
  const user = await service.database.findUserByUsername(normaliseUsername(username));
  if (user === undefined) return;
  const home = await service.database.findOrganisation(user.organisationId);
  const status = userStatuses[user.status]?.description.toLowerCase();
  const next = {
    0: 'keywright user set-password and keywright user activate let them sign in',
    1: 'keywright user set-password gives a new password',
    2: 'keywright user activate lets them in again',
  }[user.status];
  throw new CommandError(`there is a user ${user.username} already, ${status}, in ${home?.name}: ${next}`);
}

function readRole(text: string): RoleName {
  const role = roles.find((name) => name.toLowerCase() === text.toLowerCase());
  if (role === undefined) throw new UsageError(`--role must be one of ${roles.join(', ')}`);
  return role;
}

async function chooseOrganisation(context: CommandContext, given: string | undefined): Promise<Organisation> {
  const { service, actor } = context;
  if (given !== undefined) return findOrganisation(service, given);
  const [first] = await service.database.listOrganisations(1);
  return first ?? createOrganisation(service, actor, { name: firstOrganisationName, parentId: null });
}

/** An organisation without an administrator could not be administered. */
async function defaultRole({ service }: CommandContext, organisation: Organisation): Promise<RoleName> {
  return (await service.database.hasUsers(organisation.id)) ? 'User' : 'Administrator';
}
