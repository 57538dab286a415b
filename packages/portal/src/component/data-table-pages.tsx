import { Group, Pagination, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { ListPage } from '../api/list-request.ts';
import { useTexts } from '../i18n/texts.ts';
import classes from './data-table.module.css';
import { componentTexts } from './texts.ts';
import type { ListState } from './use-list-state.ts';

/** Which rows of how many are shown, and the way to the others. */
export function DataTablePages({
  page,
  list,
}: {
  readonly page: ListPage<unknown>;
  readonly list: ListState;
}): ReactElement | null {
  const t = useTexts(componentTexts);
  if (page.total === 0) return null;
  const from = (page.page - 1) * list.request.perPage + 1;
  return (
    <Group justify="space-between" className={classes.pages} gap="sm">
      <Text size="xs" c="dimmed" aria-live="polite">
        {t.rows(from, from + page.rows.length - 1, page.total)}
      </Text>
      {page.pages <= 1 ? null : (
        <Pagination
          size="sm"
          total={page.pages}
          value={page.page}
          onChange={list.setPage}
          siblings={1}
          aria-label={t.pagination}
          getItemProps={(item) => ({ 'aria-label': t.page(item, page.pages) })}
          getControlProps={(control) => ({ 'aria-label': control === 'previous' ? t.previousPage : t.nextPage })}
        />
      )}
    </Group>
  );
}
