import type { EventResource } from '@keywright/contract';
import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { containing } from '../api/list-request.ts';
import { listQuery } from '../api/query.ts';
import { DataTable } from '../component/data-table.tsx';
import { EmptyState } from '../component/empty-state.tsx';
import { PageHeader } from '../component/page-header.tsx';
import { SearchField } from '../component/search-field.tsx';
import { type ListDefaults, type ListState, useListState } from '../component/use-list-state.ts';
import { useTexts } from '../i18n/texts.ts';
import { useRights } from '../session/use-rights.ts';
import { eventColumns } from './event-columns.tsx';
import { eventTexts } from './texts.ts';

const EventDialog = lazy(async () => ({ default: (await import('./event-dialog.tsx')).EventDialog }));

const listDefaults: ListDefaults = {
  sort: { field: 'timestamp', descending: true },
  // The last two come by links of other pages.
  filters: ['description', 'severity', 'request_id', 'type', 'from'],
  toQuery: ({ description = '', severity = '', request_id = '', ...others }) => ({
    ...others,
    description: containing(description),
    severity,
    request_id: request_id.trim(),
  }),
};

/** The page of the events: of the organisation for those who may see them, else one's own. */
export function EventsPage(): ReactElement {
  const t = useTexts(eventTexts);
  const { seesAllEvents } = useRights();
  const list = useListState(listDefaults);
  const path = seesAllEvents ? '/api/v1/event' : '/api/v1/user/my/event';
  const query = useQuery(listQuery<EventResource>(path, list.request));
  const [open, setOpen] = useState<EventResource>();
  const columns = useMemo(() => eventColumns(t, setOpen), [t]);
  return (
    <>
      <PageHeader title={t.title} description={seesAllEvents ? t.description : t.ownDescription} />
      <EventFilters list={list} />
      <DataTable
        label={t.title}
        columns={columns}
        query={query}
        list={list}
        // Numbers count within an organisation, and a list may hold those of several.
        keyOf={({ id, organisation }) => `${organisation?.id} ${id}`}
        empty={
          <EmptyState icon="list" title={t.emptyTitle}>
            {t.emptyHint}
          </EmptyState>
        }
      />
      <Suspense>{open === undefined ? null : <EventDialog event={open} onClose={() => setOpen(undefined)} />}</Suspense>
    </>
  );
}

function EventFilters({ list }: { readonly list: ListState }): ReactElement {
  const t = useTexts(eventTexts);
  return (
    <Group gap="sm" mb="sm">
      <SearchField
        label={t.search}
        value={list.filters['description'] ?? ''}
        onSearch={(description) => list.setFilters({ description })}
      />
      <TextInput
        aria-label={t.requestId}
        placeholder={t.requestId}
        defaultValue={list.filters['request_id'] ?? ''}
        key={list.filters['request_id'] ?? ''}
        onBlur={({ currentTarget }) => list.setFilters({ request_id: currentTarget.value.trim() })}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Enter') list.setFilters({ request_id: currentTarget.value.trim() });
        }}
        flex="0 1 20rem"
      />
      <NativeSelect
        aria-label={t.severity}
        value={list.filters['severity'] ?? ''}
        onChange={({ currentTarget }) => list.setFilters({ severity: currentTarget.value })}
        data={[{ value: '', label: t.anySeverity }, ...t.severities.map((label, id) => ({ value: String(id), label }))]}
      />
    </Group>
  );
}
