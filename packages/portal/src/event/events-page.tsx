import type { EventResource } from '@keywright/contract';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { containing, exactly } from '../api/list-request.ts';
import { listQuery } from '../api/query.ts';
import { DataTable } from '../component/data-table.tsx';
import { EmptyState } from '../component/empty-state.tsx';
import { PageHeader } from '../component/page-header.tsx';
import { type ListDefaults, useListState } from '../component/use-list-state.ts';
import { useTexts } from '../i18n/texts.ts';
import { useRights } from '../session/use-rights.ts';
import { eventColumns } from './event-columns.tsx';
import { EventExport } from './event-export.tsx';
import { EventFilters } from './event-filters.tsx';
import { eventTexts } from './texts.ts';

const EventDialog = lazy(async () => ({ default: (await import('./event-dialog.tsx')).EventDialog }));

const listDefaults: ListDefaults = {
  sort: { field: 'timestamp', descending: true },
  filters: ['description', 'severity', 'type', 'source', 'from', 'until', 'user', 'request_id'],
  toQuery: ({ description = '', user = '', request_id = '', ...others }) => ({
    ...others,
    description: containing(description),
    user: containing(user),
    request_id: exactly(request_id.trim()),
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
      <PageHeader
        title={t.title}
        description={seesAllEvents ? t.description : t.ownDescription}
        actions={seesAllEvents ? <EventExport list={list} /> : null}
      />
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
