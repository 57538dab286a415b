/** Which page of a collection, filtered and sorted how (contract §1). */
export interface ListRequest {
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
  readonly sort?: ListSort | undefined;
  /** Values by field; several fields must all hold. An empty value is none. */
  readonly filters?: Readonly<Record<string, string>> | undefined;
}

export interface ListSort {
  readonly field: string;
  readonly descending: boolean;
}

/** A page of a collection. */
export interface ListPage<T> {
  readonly rows: readonly T[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly pages: number;
  /** The page that was answered: another than was asked for where that is out of range. */
  readonly page: number;
}

/** The query string of a page: `q`, `sort`, `page` and `per_page`. */
export function listParameters({ page, perPage, sort, filters }: ListRequest): URLSearchParams {
  const parameters = new URLSearchParams({ page: String(page), per_page: String(perPage), ...queryOf(filters) });
  if (sort !== undefined) parameters.set('sort', `${sort.descending ? '-' : ''}${sort.field}`);
  return parameters;
}

/** The query string of what has no pages: `q` alone. */
export function filterParameters(filters: ListRequest['filters']): URLSearchParams {
  return new URLSearchParams(queryOf(filters));
}

function queryOf(filters: ListRequest['filters'] = {}): { readonly q?: string } {
  const q = Object.entries(filters)
    .filter(([, value]) => value !== '')
    .map(([field, value]) => `${field}:${value}`)
    .join(',');
  return q === '' ? {} : { q };
}

/** A filter's value that finds a text anywhere: what means something in `q` is escaped. */
export function containing(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' ? '' : `*${exactly(trimmed)}*`;
}

/** A filter's value that finds this text and no other: what means something in `q` is escaped. */
export function exactly(text: string): string {
  return text.replace(/[\\,*]/g, '\\$&');
}

/** Reads a page from the body and the headers of an answer. */
export function readListPage<T>(rows: readonly T[], headers: Headers): ListPage<T> {
  const number = (name: string, otherwise: number): number => Number(headers.get(name) ?? otherwise);
  return {
    rows,
    total: number('x-total-count', rows.length),
    pages: number('x-total-pages', 1),
    page: number('x-current-page', 1),
  };
}
