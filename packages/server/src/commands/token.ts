import { type ApplicationTokenResource, maxOverlapSeconds } from '@keywright/contract';
import { rotateSecret } from '../domain/application-token.ts';
import { tokenMeasures } from '../domain/application-token-attention.ts';
import { revokeApplicationToken } from '../domain/application-token-change.ts';
import { applicationTokenResource } from '../domain/application-token-resource.ts';
import type { Service } from '../domain/service.ts';
import { defineCommand, UsageError } from './command.ts';
import {
  allOrganisationIds,
  findApplicationToken,
  findOrganisation,
  findUser,
  readWholeNumber,
} from './find-subject.ts';
import { print } from './print.ts';
import { formatTable } from './text-table.ts';
import { withService } from './with-service.ts';

const perPage = 1000;
const id = { ID: "The application token's id, as keywright token list shows it" } as const;

/** `keywright token list`. */
export const tokenList = defineCommand({
  name: 'token list',
  summary: 'List application tokens; never their secrets',
  arguments: {},
  options: {
    user: { value: 'EMAIL', meaning: 'Only those that this user made' },
    organisation: { value: 'ORGANISATION', meaning: 'Only those of this organisation, by id or name' },
  },
  async run(invocation) {
    const { options } = invocation;
    const tokens = await withService(invocation, async ({ service }) => {
      const creator = options.user === undefined ? undefined : await findUser(service, options.user);
      const organisationIds =
        options.organisation === undefined
          ? await allOrganisationIds(service)
          : [(await findOrganisation(service, options.organisation)).id];
      const all = await readAllTokens(service, organisationIds);
      return creator === undefined ? all : all.filter((token) => token.creator?.id === creator.id);
    });
    print(invocation, tokens, () => formatTokens(tokens));
    return 0;
  },
});

async function readAllTokens(
  service: Service,
  organisationIds: readonly number[],
): Promise<ApplicationTokenResource[]> {
  const scope = { organisationIds, ...tokenMeasures(service) };
  const tokens: ApplicationTokenResource[] = [];
  for (let page = 1; ; page++) {
    const query = { page, perPage, filters: [], sort: [] };
    const { rows, total } = await service.database.listApplicationTokens(scope, query);
    tokens.push(...rows.map((token) => applicationTokenResource(token, scope)));
    if (rows.length < perPage || tokens.length >= total) return tokens;
  }
}

function formatTokens(tokens: readonly ApplicationTokenResource[]): string {
  const headings = ['ID', 'PREFIX', 'STATUS', 'CREATOR', 'ORGANISATION', 'EXPIRES', 'IP', 'LAST USED', 'DESCRIPTION'];
  return formatTable(
    headings,
    tokens.map((token) => [
      String(token.id),
      token.prefix,
      token.status.description,
      token.creator?.username ?? '-',
      token.organisation.name,
      token.expiry_date ?? '-',
      token.ip ?? '-',
      token.last_used ?? '-',
      token.description ?? '',
    ]),
  );
}

/** `keywright token revoke`. */
export const tokenRevoke = defineCommand({
  name: 'token revoke',
  summary: 'Revoke an application token for good',
  details: [
    'It is exchanged no more from this moment on. Auth tokens that it was exchanged for are refused within a second where the revocation feed is followed; elsewhere they live out their time, 240 minutes by default.',
  ],
  arguments: id,
  options: {},
  async run(invocation) {
    const token = await withService(invocation, async ({ service, actor }) => {
      const found = await findApplicationToken(service, invocation.args.ID);
      await revokeApplicationToken(service, actor, found);
      return found;
    });
    print(invocation, { id: token.id, prefix: token.prefix }, () =>
      token.revokedAt === null
        ? `Application token ${token.id} (${token.prefix}…) is revoked.\n`
        : `Application token ${token.id} (${token.prefix}…) was revoked before.\n`,
    );
    return 0;
  },
});

/** `keywright token rotate`. */
export const tokenRotate = defineCommand({
  name: 'token rotate',
  summary: 'Give an application token a new secret, and print it this once',
  arguments: id,
  options: {
    'overlap-seconds': {
      value: 'SECONDS',
      meaning: `How long the secret before goes on working, ${maxOverlapSeconds} seconds (a week) at most; 0 where absent`,
    },
  },
  async run(invocation) {
    const overlapSeconds = readWholeNumber('--overlap-seconds', invocation.options['overlap-seconds'] ?? '0');
    if (overlapSeconds > maxOverlapSeconds) {
      throw new UsageError(`--overlap-seconds must be ${maxOverlapSeconds}, a week, at most`);
    }
    const made = await withService(invocation, async ({ service, actor }) => {
      const found = await findApplicationToken(service, invocation.args.ID);
      return rotateSecret(service, actor, found, overlapSeconds);
    });
    print(invocation, made, () => `${made.application_token}\n`);
    invocation.terminal.err(
      `Application token ${made.id} has a new secret, shown this once; the one before ${
        overlapSeconds === 0 ? 'works no more' : `works for ${overlapSeconds} s more`
      }.\n`,
    );
    return 0;
  },
});
