import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ListRequest, ListSort } from '../api/list-request.ts';

/** Where the reader is in a collection, and what moves them. It stands in the address, so that it can be gone back to. */
export interface ListState {
  readonly request: ListRequest;
  readonly filters: Readonly<Record<string, string>>;
  readonly hasFilters: boolean;
  setPage(page: number): void;
  setSort(sort: ListSort): void;
  /** Changes some filters and goes to the first page; an empty value takes one away. */
  setFilters(changed: Readonly<Record<string, string>>): void;
  clearFilters(): void;
}

/** What a list begins with. */
export interface ListDefaults {
  readonly sort: ListSort;
  /** The names of the filters, as they stand in the address. */
  readonly filters?: readonly string[];
  readonly perPage?: number;
  /** Turns what stands in the address into values for `q`: see `containing`. */
  readonly toQuery?: (filters: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
}

const noFilters: readonly string[] = [];

/**
 * Keeps a list's page, order and filters in the address.
 *
 * @param defaults made once, outside of the component
 */
export function useListState(defaults: ListDefaults): ListState {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  return useMemo(() => {
    const filters = readFilters(search, defaults.filters ?? noFilters);
    const move = (changed: Readonly<Record<string, string | number | undefined>>): void => {
      void navigate({
        to: '.',
        search: (before: object) => ({ ...before, ...changed }),
        hash: true,
        replace: true,
        resetScroll: false,
      });
    };
    const withoutFilters = Object.fromEntries(Object.keys(filters).map((name) => [name, undefined]));
    return {
      request: {
        page: Math.max(Number(search['page']) || 1, 1),
        perPage: defaults.perPage ?? 25,
        sort: readSort(search['sort']) ?? defaults.sort,
        filters: defaults.toQuery?.(filters) ?? filters,
      },
      filters,
      hasFilters: Object.keys(filters).length > 0,
      setPage: (page) => move({ page: page === 1 ? undefined : page }),
      setSort: ({ field, descending }) => move({ sort: `${descending ? '-' : ''}${field}`, page: undefined }),
      setFilters: (changed) =>
        move({
          ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, value || undefined])),
          page: undefined,
        }),
      clearFilters: () => move({ ...withoutFilters, page: undefined }),
    };
  }, [search, navigate, defaults]);
}

/** Numbers and booleans come out of the address as such. */
function readFilters(search: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, string> {
  const found = names.map((name) => [name, String(search[name] ?? '')] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== ''));
}

function readSort(value: unknown): ListSort | undefined {
  const match = /^(-?)([a-z_]+)$/.exec(typeof value === 'string' ? value : '');
  return match === null ? undefined : { field: match[2] ?? '', descending: match[1] === '-' };
}
