import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CollectionFields } from '../domain/collection-fields.ts';
import type { Page, PageQuery } from '../domain/records.ts';
import { parsePageQuery } from './collection.ts';

/**
 * Answers a page of a collection: a bare array, and what it is a page of in headers (contract §1).
 *
 * @param list reads the page; it asks for the query once it knows that the caller may see the collection
 */
export async function answerPage<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  fields: CollectionFields,
  list: (query: () => PageQuery) => Promise<Page<T>>,
): Promise<readonly T[]> {
  let query: PageQuery | undefined;
  const readQuery = () => {
    query ??= parsePageQuery(request.query, fields);
    return query;
  };
  const { rows, total, page } = await list(readQuery);
  const { perPage } = readQuery();
  const pages = countPages(total, perPage);
  reply
    .header('x-total-count', total)
    .header('x-total-pages', pages)
    .header('x-current-page', page)
    .header('x-count-per-page', perPage);
  const links = pageLinks(request.raw.url ?? '/', page, pages);
  if (links !== undefined) reply.header('link', links);
  return rows;
}

/** How many pages there are; a collection without rows has one, which is empty. */
function countPages(total: number, perPage: number): number {
  return Math.max(Math.ceil(total / perPage), 1);
}

/**
 * The most that the links may take up: reverse proxies commonly give the header of an answer 4 KiB, and answer 502 beyond,
 * and many clients stop at 16. A long query stands in each link.
 */
const maxLinksLength = 3072;

/**
 * The links to the first, previous, next and last page (RFC 8288 §3), relative to the server. Every other query
 * parameter is kept; the links that would make the header too long are left out, the next page's last of all.
 *
 * @param url the request's own, path and query
 * @returns undefined where there is room for none
 */
export function pageLinks(url: string, page: number, pages: number): string | undefined {
  const [path = '', ...query] = url.split('?');
  const parameters = new URLSearchParams(query.join('?'));
  const link = (target: number, relation: string): string => {
    parameters.set('page', String(target));
    return `<${encodePath(path)}?${parameters}>; rel="${relation}"`;
  };
  const first = link(1, 'first');
  const previous = page > 1 ? [link(page - 1, 'prev')] : [];
  const next = page < pages ? [link(page + 1, 'next')] : [];
  const last = link(pages, 'last');
  const choices = [[first, ...previous, ...next, last], [...previous, ...next], next];
  const fitting = choices.map((links) => links.join(', ')).find(({ length }) => length <= maxLinksLength);
  return fitting === '' ? undefined : fitting;
}

/** Escapes what would end the reference or the header; what is escaped already stays. */
function encodePath(path: string): string {
  return path.replace(/[^\w\-.~!$&'()*+,;=:@/%]/g, (character) => encodeURIComponent(character.toWellFormed()));
}
