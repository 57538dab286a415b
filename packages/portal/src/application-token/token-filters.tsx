import { Group, NativeSelect } from '@mantine/core';
import type { ReactElement } from 'react';
import { SearchField } from '../component/search-field.tsx';
import type { ListState } from '../component/use-list-state.ts';
import { useTexts } from '../i18n/texts.ts';
import { tokenTexts } from './texts.ts';

/** What narrows the table of application tokens. */
export function TokenFilters({ list }: { readonly list: ListState }): ReactElement {
  const t = useTexts(tokenTexts);
  return (
    <Group gap="sm" mb="sm">
      <SearchField
        label={t.search}
        value={list.filters['description'] ?? ''}
        onSearch={(description) => list.setFilters({ description })}
      />
      <NativeSelect
        aria-label={t.status}
        value={list.filters['status'] ?? ''}
        onChange={({ currentTarget }) => list.setFilters({ status: currentTarget.value })}
        data={[{ value: '', label: t.anyStatus }, ...t.statuses.map((label, id) => ({ value: String(id), label }))]}
      />
    </Group>
  );
}
