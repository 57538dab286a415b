import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { Icon } from './icon.tsx';
import { componentTexts } from './texts.ts';
import type { ListState } from './use-list-state.ts';

/** Takes every filter of a list away, where it has any: those as well that came by a link. */
export function ClearFilters({ list }: { readonly list: ListState }): ReactElement | null {
  const { clearFilters } = useTexts(componentTexts);
  if (!list.hasFilters) return null;
  return (
    <Button variant="subtle" color="gray" leftSection={<Icon name="cross" size={14} />} onClick={list.clearFilters}>
      {clearFilters}
    </Button>
  );
}
