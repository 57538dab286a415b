import type { EventResource } from '@keywright/contract';
import { Button, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Column } from '../component/data-table-column.ts';
import { ExactTime, RelativeTime } from '../component/relative-time.tsx';
import { StatusBadge } from '../component/status-badge.tsx';
import type { Translation } from '../i18n/texts.ts';
import type { eventEnglish } from './texts-english.ts';

type Texts = Translation<typeof eventEnglish>;

const severityKinds = ['muted', 'warning', 'bad'] as const;

/** The columns of the table of events. */
export function eventColumns(t: Texts, onOpen: (event: EventResource) => void): readonly Column<EventResource>[] {
  const { columns } = t;
  return [
    {
      id: 'description',
      header: columns.description,
      isTitle: true,
      cell: ({ description, event_type }) => (
        <Stack gap={2}>
          <Text component="span" inherit>
            {description}
          </Text>
          <Text component="span" size="xs" c="dimmed" fw={400}>
            {event_type.description}
          </Text>
        </Stack>
      ),
    },
    {
      id: 'time',
      header: columns.time,
      sortField: 'timestamp',
      cell: ({ timestamp }) => <EventTime time={timestamp} />,
    },
    {
      id: 'severity',
      header: columns.severity,
      sortField: 'severity',
      cell: ({ event_severity: { id, description } }) => (
        <StatusBadge kind={severityKinds[id] ?? 'muted'}>{t.severities[id] ?? description}</StatusBadge>
      ),
    },
    { id: 'user', header: columns.user, sortField: 'user', cell: ({ user }) => user?.username ?? t.noUser },
    {
      id: 'source',
      header: columns.source,
      sortField: 'source',
      cell: ({ event_source: { id, description } }) => t.sources[id] ?? description,
    },
    {
      id: 'details',
      header: t.details,
      isActions: true,
      cell: (event) => (
        <Button
          variant="subtle"
          size="compact-xs"
          aria-label={t.detailsOf(event.description)}
          onClick={() => onOpen(event)}
        >
          {t.details}
        </Button>
      ),
    },
  ];
}

function EventTime({ time }: { readonly time: string }): ReactElement {
  return (
    <Stack gap={2}>
      <RelativeTime time={time} />
      <Text component="span" size="xs" c="dimmed">
        <ExactTime time={time} />
      </Text>
    </Stack>
  );
}
