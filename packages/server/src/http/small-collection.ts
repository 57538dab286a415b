import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CollectionFields } from '../domain/collection-fields.ts';
import type { PageQuery } from '../domain/records.ts';
import { answerPage } from './collection-answer.ts';

/** What a collection that is read whole can be filtered and sorted on. */
export const smallCollectionFields: CollectionFields = { id: { kind: 'number', sortable: true } };

/**
 * Answers a collection of so few rows that they are read whole: a bare array, filtered, sorted and paged as every other.
 *
 * @param list reads all rows, by id
 */
export async function answerSmallCollection<T extends { readonly id: number }>(
  request: FastifyRequest,
  reply: FastifyReply,
  list: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  return answerPage(request, reply, smallCollectionFields, async (readQuery) => {
    const all = await list();
    const query = readQuery();
    const rows = arrange(all, query);
    const page = Math.min(query.page, Math.max(Math.ceil(rows.length / query.perPage), 1));
    const start = (page - 1) * query.perPage;
    return { rows: rows.slice(start, start + query.perPage), total: rows.length, page };
  });
}

function arrange<T extends { readonly id: number }>(rows: readonly T[], { filters, sort }: PageQuery): readonly T[] {
  const wanted = rows.filter(({ id }) => filters.every((filter) => filter.kind !== 'number' || filter.value === id));
  return sort[0]?.descending === true ? wanted.toReversed() : wanted;
}
