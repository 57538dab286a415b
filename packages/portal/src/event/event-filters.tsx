import type { Lookup } from '@keywright/contract';
import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { resourceQuery } from '../api/query.ts';
import { ClearFilters } from '../component/clear-filters.tsx';
import { DayField } from '../component/day-field.tsx';
import { FilterBar } from '../component/filter-bar.tsx';
import { FilterChoice } from '../component/filter-choice.tsx';
import { SearchField } from '../component/search-field.tsx';
import type { ListState } from '../component/use-list-state.ts';
import { useTexts } from '../i18n/texts.ts';
import { eventTexts } from './texts.ts';

/** What narrows the table of events. */
export function EventFilters({ list }: { readonly list: ListState }): ReactElement {
  const t = useTexts(eventTexts);
  const { data: types = [] } = useQuery(resourceQuery<readonly Lookup[]>('/api/v1/event/type'));
  const search = (name: 'description' | 'user', label: string): ReactElement => (
    <SearchField
      label={label}
      value={list.filters[name] ?? ''}
      onSearch={(text) => list.setFilters({ [name]: text })}
    />
  );
  return (
    <FilterBar>
      {search('description', t.search)}
      {search('user', t.searchUser)}
      <RequestIdField key={list.filters['request_id'] ?? ''} list={list} />
      <FilterChoice
        list={list}
        name="severity"
        label={t.severity}
        any={t.anySeverity}
        choices={t.severities.map((label, id) => [String(id), label])}
      />
      <FilterChoice
        list={list}
        name="type"
        label={t.type}
        any={t.anyType}
        choices={types.map(({ id, description }) => [String(id), description])}
      />
      <FilterChoice
        list={list}
        name="source"
        label={t.columns.source}
        any={t.anySource}
        choices={t.sources.map((label, id) => [String(id), label])}
      />
      <DayField
        label={t.from}
        side={t.sides.from}
        value={list.filters['from'] ?? ''}
        onDay={(from) => list.setFilters({ from })}
      />
      <DayField
        label={t.until}
        side={t.sides.until}
        value={list.filters['until'] ?? ''}
        onDay={(until) => list.setFilters({ until })}
      />
      <ClearFilters list={list} />
    </FilterBar>
  );
}

/** A request id is known as a whole or not at all: it is looked for once it is there. */
function RequestIdField({ list }: { readonly list: ListState }): ReactElement {
  const t = useTexts(eventTexts);
  const present = list.filters['request_id'] ?? '';
  const search = (text: string): void => {
    // Whoever only comes by stays on the page that they are on.
    if (text !== present) list.setFilters({ request_id: text });
  };
  return (
    <TextInput
      aria-label={t.requestId}
      placeholder={t.requestId}
      defaultValue={present}
      onBlur={({ currentTarget }) => search(currentTarget.value.trim())}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter') search(currentTarget.value.trim());
      }}
      flex="0 1 11rem"
    />
  );
}
