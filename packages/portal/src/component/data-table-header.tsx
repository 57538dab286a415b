import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTexts } from '../i18n/texts.ts';
import classes from './data-table.module.css';
import type { Column } from './data-table-column.ts';
import { Icon } from './icon.tsx';
import { componentTexts } from './texts.ts';
import type { ListState } from './use-list-state.ts';

/** The head of a column, which sorts where the server can. */
export function ColumnHeader<T>({
  column,
  list,
}: {
  readonly column: Column<T>;
  readonly list: ListState;
}): ReactElement {
  const t = useTexts(componentTexts);
  const { sort } = list.request;
  const { header, sortField } = column;
  if (sortField === undefined) {
    return (
      <th className={classes.header} scope="col">
        {column.isActions === true ? <VisuallyHidden>{header}</VisuallyHidden> : header}
      </th>
    );
  }
  const isSorted = sort?.field === sortField;
  const order = sort?.descending === true ? 'descending' : 'ascending';
  return (
    <th className={classes.header} scope="col" aria-sort={isSorted ? order : 'none'}>
      <UnstyledButton
        className={classes.sort}
        aria-label={t.sortBy(header)}
        data-sorted={isSorted || undefined}
        onClick={() => list.setSort({ field: sortField, descending: isSorted && order === 'ascending' })}
      >
        {header}
        <Icon name={iconOf(isSorted, order)} size={14} />
      </UnstyledButton>
    </th>
  );
}

function iconOf(isSorted: boolean, order: 'ascending' | 'descending'): 'sort' | 'chevronUp' | 'chevronDown' {
  if (!isSorted) return 'sort';
  return order === 'ascending' ? 'chevronUp' : 'chevronDown';
}
