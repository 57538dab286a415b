import type { UserResource } from '@keywright/contract';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { resourceQuery } from '../api/query.ts';
import { ClearFilters } from '../component/clear-filters.tsx';
import { FilterBar } from '../component/filter-bar.tsx';
import { FilterChoice } from '../component/filter-choice.tsx';
import { SearchField } from '../component/search-field.tsx';
import type { ListState } from '../component/use-list-state.ts';
import { useTexts } from '../i18n/texts.ts';
import { attentions } from './attention.ts';
import { tokenTexts } from './texts.ts';

/** What narrows the table of application tokens. */
export function TokenFilters({ list }: { readonly list: ListState }): ReactElement {
  const t = useTexts(tokenTexts);
  const { data: me } = useQuery(resourceQuery<UserResource>('/api/v1/user/my'));
  const reasons = Object.entries(attentions) as [keyof typeof attentions, number][];
  return (
    <FilterBar>
      <SearchField
        label={t.search}
        value={list.filters['description'] ?? ''}
        onSearch={(description) => list.setFilters({ description })}
      />
      <FilterChoice
        list={list}
        name="status"
        label={t.status}
        any={t.anyStatus}
        choices={t.statuses.map((label, id) => [String(id), label])}
      />
      <FilterChoice
        list={list}
        name="attention"
        label={t.attention}
        any={t.anyAttention}
        choices={reasons.map(([reason, id]) => [String(id), t.attentions[reason]])}
      />
      <FilterChoice
        list={list}
        name="creator"
        label={t.columns.creator}
        any={t.anyCreator}
        choices={me === undefined ? [] : [[me.username, t.createdByMe]]}
      />
      <ClearFilters list={list} />
    </FilterBar>
  );
}
