import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactElement, useState } from 'react';
import { Icon } from '../component/icon.tsx';
import type { ListState } from '../component/use-list-state.ts';
import { useTexts } from '../i18n/texts.ts';
import { tokenTexts } from './texts.ts';

const typingPauseMs = 250;

/** What narrows the table of application tokens. */
export function TokenFilters({ list }: { readonly list: ListState }): ReactElement {
  const t = useTexts(tokenTexts);
  const given = list.filters['description'] ?? '';
  const [typed, setTyped] = useState(given);
  const [before, setBefore] = useState(given);
  // The address may change otherwise than from here: by going back, or by clearing every filter.
  if (given !== before) {
    setBefore(given);
    setTyped(given);
  }
  const search = useDebouncedCallback((description: string) => list.setFilters({ description }), typingPauseMs);
  return (
    <Group gap="sm" mb="sm">
      <TextInput
        aria-label={t.search}
        placeholder={t.search}
        leftSection={<Icon name="search" size={16} />}
        type="search"
        value={typed}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          search(currentTarget.value);
        }}
        flex="1 1 14rem"
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
