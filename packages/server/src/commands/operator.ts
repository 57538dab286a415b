import { tokenMeasures } from '../domain/application-token-attention.ts';
import { isPastExpiry } from '../domain/expiry-date.ts';
import { namesRole } from '../domain/role.ts';
import type { Service } from '../domain/service.ts';
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
  details: [
    'Application tokens of theirs with the role Service go on, since resource servers may follow revocations with them; they are listed. Give those that are needed a new secret with keywright token rotate, and end the others with keywright token revoke.',
  ],
  arguments: email,
  options: {},
  async run(invocation) {
    const result = await withService(invocation, async ({ service, actor }) => {
      const user = await findUser(service, invocation.args.EMAIL);
      const removed = await removeOperator(service, actor, user);
      return { username: user.username, removed, service_tokens: await listServiceTokens(service, user.id) };
    });
    print(invocation, result, () => describeRemoval(result));
    return 0;
  },
});

interface ServiceToken {
  readonly id: number;
  readonly prefix: string;
  readonly description: string | null;
}

/** The application tokens that a user made and that still read what is for all organisations. */
async function listServiceTokens(service: Service, userId: number): Promise<ServiceToken[]> {
  const tokens = await service.database.listApplicationTokensOf(userId, tokenMeasures(service));
  return tokens
    .filter((token) => {
      const isOver = token.revokedAt !== null || isPastExpiry(token, service.clock.now());
      return namesRole(token.roles, 'Service') && !isOver;
    })
    .map(({ id, prefix, description }) => ({ id, prefix, description }));
}

function describeRemoval(result: {
  readonly username: string;
  readonly removed: boolean;
  readonly service_tokens: readonly ServiceToken[];
}): string {
  const { username, removed, service_tokens: tokens } = result;
  const done = `${username} ${removed ? 'is no longer a' : 'was no'} platform operator.\n`;
  if (tokens.length === 0) return done;
  const table = formatTable(
    ['ID', 'PREFIX', 'DESCRIPTION'],
    tokens.map(({ id, prefix, description }) => [String(id), prefix, description ?? '']),
  );
  return `${done}Application tokens of theirs with the role Service go on. Whoever has one still reads the revocations of all organisations, and introspects their tokens:\n${table}Give those that are needed a new secret with keywright token rotate, and end the others with keywright token revoke.\n`;
}

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
