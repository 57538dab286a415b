import { createOrganisation } from '../domain/organisation.ts';
import type { Organisation } from '../domain/records.ts';
import { defineCommand } from './command.ts';
import { findOrganisation } from './find-subject.ts';
import { isoMoment, print } from './print.ts';
import { formatTable } from './text-table.ts';
import { type CommandContext, withService } from './with-service.ts';

function organisationResult(organisation: Organisation) {
  return {
    id: organisation.id,
    name: organisation.name,
    created: isoMoment(organisation.createdAt),
    parent_id: organisation.parentId,
  };
}

/** `keywright organisation add`. */
export const organisationAdd = defineCommand({
  name: 'organisation add',
  summary: 'Make an organisation',
  arguments: { NAME: "The organisation's name" },
  options: {
    parent: { value: 'ORGANISATION', meaning: 'The organisation it belongs to, by id or name; none where absent' },
  },
  async run(invocation) {
    const { args, options } = invocation;
    const add = async ({ service, actor }: CommandContext) => {
      const parent = options.parent === undefined ? undefined : await findOrganisation(service, options.parent);
      const made = await createOrganisation(service, actor, { name: args.NAME, parentId: parent?.id ?? null });
      return { made, namesakes: (await service.database.findOrganisationsByName(made.name)).length - 1 };
    };
    const { made, namesakes } = await withService(invocation, add, { mayMakeStore: true });
    print(invocation, organisationResult(made), () => `Organisation ${made.id}, ${made.name}, is made.\n`);
    if (namesakes > 0) {
      invocation.terminal.err(`There are others of that name, so commands have to be given its id: ${made.id}.\n`);
    }
    return 0;
  },
});

/** `keywright organisation list`. */
export const organisationList = defineCommand({
  name: 'organisation list',
  summary: 'List every organisation',
  arguments: {},
  options: {},
  async run(invocation) {
    const organisations = await withService(invocation, ({ service }) => service.database.listOrganisations());
    print(invocation, organisations.map(organisationResult), () =>
      formatTable(
        ['ID', 'NAME', 'PARENT', 'CREATED'],
        organisations.map(({ id, name, parentId, createdAt }) => [
          String(id),
          name,
          parentId === null ? '-' : String(parentId),
          isoMoment(createdAt),
        ]),
      ),
    );
    return 0;
  },
});
