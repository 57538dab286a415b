import { Checkbox, Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { memo, type ReactElement, type ReactNode } from 'react';
import type { ListPage } from '../api/list-request.ts';
import { useTexts } from '../i18n/texts.ts';
import classes from './data-table.module.css';
import type { Column } from './data-table-column.ts';
import { ColumnHeader } from './data-table-header.tsx';
import { DataTablePages } from './data-table-pages.tsx';
import { EmptyState } from './empty-state.tsx';
import { ErrorPanel } from './error-panel.tsx';
import { componentTexts } from './texts.ts';
import type { ListState } from './use-list-state.ts';

/** Which rows are marked, for what is done to several at once. */
export interface Selection<T> {
  readonly ids: ReadonlySet<number>;
  readonly set: (ids: ReadonlySet<number>) => void;
  readonly nameOf: (row: T) => string;
  readonly isSelectable?: (row: T) => boolean;
}

/** What a table shows. */
export interface DataTableProps<T> {
  /** What the table holds, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly query: UseQueryResult<ListPage<T>>;
  readonly list: ListState;
  readonly selection?: Selection<T>;
  /** What tells rows apart where their ids alone do not. */
  readonly keyOf?: (row: T) => string;
  /** What stands there where there is nothing at all, filters aside. */
  readonly empty: ReactNode;
}

const skeletonRows = 5;

/** A table that the server sorts, filters and pages; on narrow screens each row is a card. */
export function DataTable<T extends { readonly id: number }>(props: DataTableProps<T>): ReactElement {
  const { query, list, empty } = props;
  const t = useTexts(componentTexts);
  if (query.isError && query.data === undefined) {
    return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  }
  const isEmpty = query.data !== undefined && query.data.rows.length === 0;
  if (isEmpty && !list.hasFilters) return <div className={classes.frame}>{empty}</div>;
  return (
    <div className={classes.frame} aria-busy={query.isFetching} data-refreshing={query.isPlaceholderData || undefined}>
      {isEmpty ? (
        <EmptyState icon="search" title={t.noMatch}>
          {t.noMatchHint}
        </EmptyState>
      ) : (
        <Rows {...props} />
      )}
      {query.data === undefined ? null : <DataTablePages page={query.data} list={list} />}
    </div>
  );
}

function Rows<T extends { readonly id: number }>(props: DataTableProps<T>): ReactElement {
  const { label, columns, query, list, selection, keyOf } = props;
  const rows = query.data?.rows;
  return (
    // Roles in so many words: what is laid out as cards loses those of its tags.
    // biome-ignore lint/a11y/noRedundantRoles: see above
    <table className={classes.table} role="table" aria-label={label}>
      {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
      <thead role="rowgroup" className={classes.head}>
        {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
        <tr role="row">
          {selection === undefined ? null : <SelectAll rows={rows ?? []} selection={selection} />}
          {columns.map((column) => (
            <ColumnHeader key={column.id} column={column} list={list} />
          ))}
        </tr>
      </thead>
      {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
      <tbody role="rowgroup">
        {rows === undefined ? (
          <SkeletonRows {...props} />
        ) : (
          rows.map((row) => <Row key={keyOf?.(row) ?? row.id} row={row} {...props} />)
        )}
      </tbody>
    </table>
  );
}

function SelectAll<T extends { readonly id: number }>({
  rows,
  selection,
}: {
  readonly rows: readonly T[];
  readonly selection: Selection<T>;
}): ReactElement {
  const t = useTexts(componentTexts);
  const selectable = rows.filter((row) => selection.isSelectable?.(row) ?? true);
  const count = selectable.filter(({ id }) => selection.ids.has(id)).length;
  const isAll = count > 0 && count === selectable.length;
  return (
    <th className={classes.select} scope="col">
      <Checkbox
        size="xs"
        aria-label={t.selectAll}
        checked={isAll}
        indeterminate={count > 0 && !isAll}
        disabled={selectable.length === 0}
        onChange={() => selection.set(new Set(isAll ? [] : selectable.map(({ id }) => id)))}
      />
    </th>
  );
}

function Row<T extends { readonly id: number }>({
  row,
  columns,
  selection,
}: Pick<DataTableProps<T>, 'columns' | 'selection'> & { readonly row: T }): ReactElement {
  const t = useTexts(componentTexts);
  const isSelected = selection?.ids.has(row.id) ?? false;
  return (
    // biome-ignore lint/a11y/noRedundantRoles: what is laid out as cards loses the roles of its tags
    <tr role="row" className={classes.row} data-selected={isSelected || undefined}>
      {selection === undefined ? null : (
        // biome-ignore lint/a11y/noRedundantRoles: as above
        <td role="cell" className={classes.select}>
          <Checkbox
            size="xs"
            aria-label={t.selectRow(selection.nameOf(row))}
            checked={isSelected}
            disabled={!(selection.isSelectable?.(row) ?? true)}
            onChange={() => selection.set(toggled(selection.ids, row.id))}
          />
        </td>
      )}
      <Cells row={row} columns={columns} />
    </tr>
  );
}

/** What a row says; rendered anew where that has changed, and not where the row is marked. */
const Cells = memo(RowCells) as typeof RowCells;

function RowCells<T>({ row, columns }: { readonly row: T; readonly columns: readonly Column<T>[] }): ReactElement {
  return (
    <>
      {columns.map((column) => (
        // biome-ignore lint/a11y/noRedundantRoles: what is laid out as cards loses the roles of its tags
        <td key={column.id} role="cell" className={classes.cell} {...cellKind(column)} data-label={column.header}>
          {column.cell(row)}
        </td>
      ))}
    </>
  );
}

function cellKind<T>({ isTitle, isActions }: Column<T>): object {
  if (isTitle === true) return { 'data-title': true };
  return isActions === true ? { 'data-actions': true } : {};
}

function toggled(ids: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

function SkeletonRows<T>({ columns, selection }: Pick<DataTableProps<T>, 'columns' | 'selection'>): ReactElement[] {
  return Array.from({ length: skeletonRows }, (_, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
    <tr key={index} className={classes.row}>
      {selection === undefined ? null : <td className={classes.select} />}
      {columns.map((column) => (
        <td key={column.id} className={classes.cell} {...cellKind(column)}>
          <Skeleton height={14} width={column.isTitle === true ? '70%' : '50%'} my={3} />
        </td>
      ))}
    </tr>
  ));
}
