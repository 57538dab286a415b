import { type CreateApplicationToken, type RoleName, roleIds } from '@keywright/contract';
import { createApplicationToken } from '../domain/application-token.ts';
import { callerOfUser } from '../domain/caller.ts';
import { roleSet } from '../domain/role.ts';
import { defineCommand, UsageError } from './command.ts';
import { findUser, readWholeNumber } from './find-subject.ts';
import { print } from './print.ts';
import { withService } from './with-service.ts';

const roles = Object.keys(roleIds) as RoleName[];

/** `keywright token create`: makes an application token on behalf of a user. */
export const tokenCreate = defineCommand({
  name: 'token create',
  summary: 'Make an application token, and print its secret this once',
  details: [
    'The token acts in the home organisation of its user and never has more rights than the user has at the time. Without --role it has all of them.',
    'The role Service is for application tokens alone: it lets a resource server follow the revocations of all organisations, and nothing else.',
  ],
  examples: [
    'keywright token create --user jane@example.com --description "Nightly report" --expiry-date 2030-12-31',
    'keywright token create --user jane@example.com --ip 192.0.2.0/24 --role Observer',
  ],
  arguments: {},
  options: {
    user: { value: 'EMAIL', meaning: 'The user it is made for' },
    description: { value: 'TEXT', meaning: 'Who or what uses it' },
    'expiry-date': { value: 'DATE', meaning: 'When it stops working: 2030-12-31, or a date-time with offset' },
    ip: { value: 'NETWORK', meaning: 'The network it may be exchanged from, such as 192.0.2.0/24, or one address' },
    role: { value: 'ROLE', meaning: `Narrows it to one of ${roles.join(', ')}`, multiple: true },
    minutes: { value: 'MINUTES', meaning: 'How long its auth tokens live, from 1 to 1440 minutes' },
  },
  async run(invocation) {
    const { options } = invocation;
    const username = options.user;
    if (username === undefined) throw new UsageError('token create needs --user EMAIL, whose token it will be');
    const input: CreateApplicationToken = {
      ...(options.description === undefined ? {} : { description: options.description }),
      ...(options['expiry-date'] === undefined ? {} : { expiry_date: options['expiry-date'] }),
      ...(options.ip === undefined ? {} : { ip: options.ip }),
      ...(options.role === undefined ? {} : { roles: options.role.map(readRole) }),
      ...(options.minutes === undefined ? {} : { auth_token_minutes: readMinutes(options.minutes) }),
    };
    const made = await withService(invocation, async ({ service, actor }) => {
      const { usernameKey } = await findUser(service, username);
      const caller = await callerOfUser(service, usernameKey, actor.client);
      // Who may use the command line may give the role that no user has.
      return createApplicationToken(service, { ...caller, roles: caller.roles | roleSet('Service') }, () => input);
    });
    print(invocation, made, () => `${made.application_token}\n`);
    invocation.terminal.err(`Application token ${made.id} is made. Its secret is shown this once.\n`);
    return 0;
  },
});

function readRole(text: string): { id: number } {
  const role = roles.find((name) => name.toLowerCase() === text.toLowerCase());
  if (role === undefined) throw new UsageError(`--role must be one of ${roles.join(', ')}`);
  return { id: roleIds[role] };
}

function readMinutes(text: string): number {
  const minutes = readWholeNumber('--minutes', text);
  if (minutes < 1 || minutes > 1440) throw new UsageError('--minutes must be from 1 to 1440');
  return minutes;
}
