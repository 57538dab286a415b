import { addOperator, removeOperator } from '../domain/support.ts';
import { defineCommand } from './command.ts';
import { findUser } from './find-subject.ts';
import { formatMoment, isoMoment, print } from './print.ts';
import { formatTable } from './text-table.ts';
import { withService } from './with-service.ts';

const email = { EMAIL: "The user's username" } as const;

/** `keywright operator add`. */
export const operatorAdd = defineCommand({
  name: 'operator add',
  summary: 'Make a user a platform operator, who may support users of every organisation',
  details: [
    'An operator may act as any user for an hour at a time (POST /api/v2/user/{id}/support_token). Each time is an event that the administrators of the organisation see, and the user can end it.',
  ],
  arguments: email,
  options: {},
  async run(invocation) {
    const { username, added } = await withService(invocation, async ({ service, actor }) => {
      const user = await findUser(service, invocation.args.EMAIL);
      return { username: user.username, added: await addOperator(service, actor, user) };
    });
    print(invocation, { username, added }, () =>
      added ? `${username} is a platform operator.\n` : `${username} was a platform operator before.\n`,
    );
    return 0;
  },
});

/** `keywright operator remove`. */
export const operatorRemove = defineCommand({
  name: 'operator remove',
  summary: 'Make a platform operator an ordinary user again, and end the support that is going on',
  arguments: email,
  options: {},
  async run(invocation) {
    const { username, removed } = await withService(invocation, async ({ service, actor }) => {
      const user = await findUser(service, invocation.args.EMAIL);
      return { username: user.username, removed: await removeOperator(service, actor, user) };
    });
    print(invocation, { username, removed }, () =>
      removed ? `${username} is no longer a platform operator.\n` : `${username} was no platform operator.\n`,
    );
    return 0;
  },
});

/** `keywright operator list`. */
export const operatorList = defineCommand({
  name: 'operator list',
  summary: 'List the platform operators',
  arguments: {},
  options: {},
  async run(invocation) {
    const operators = await withService(invocation, ({ service }) => service.database.listOperators());
    const result = operators.map(({ userId, username, name, createdAt }) => ({
      id: userId,
      username,
      name,
      since: isoMoment(createdAt),
    }));
    print(invocation, result, () =>
      formatTable(
        ['ID', 'USERNAME', 'NAME', 'SINCE'],
        operators.map((operator) => [
          String(operator.userId),
          operator.username,
          operator.name,
          formatMoment(operator.createdAt),
        ]),
      ),
    );
    return 0;
  },
});
