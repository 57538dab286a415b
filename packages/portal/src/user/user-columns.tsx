import type { UserResource } from '@keywright/contract';
import { Group, Stack, Text } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import type { Column } from '../component/data-table-column.ts';
import { RelativeTime } from '../component/relative-time.tsx';
import { StatusBadge } from '../component/status-badge.tsx';
import type { Translation } from '../i18n/texts.ts';
import type { Rights } from '../session/use-rights.ts';
import type { userEnglish } from './texts-english.ts';

type Texts = Translation<typeof userEnglish>;
/** Who looks at the table, and where they work. */
type Reader = Pick<Rights, 'userId' | 'organisationId'>;

const statusKinds = ['warning', 'good', 'muted'] as const;
const activeStatus = 1;

/** The columns of the table of users. */
export function userColumns(
  t: Texts,
  reader: Reader,
  actions: (user: UserResource) => ReactNode,
): readonly Column<UserResource>[] {
  const { columns } = t;
  return [
    {
      id: 'name',
      header: columns.name,
      sortField: 'name',
      isTitle: true,
      cell: (user) => <Person user={user} reader={reader} t={t} />,
    },
    {
      id: 'status',
      header: columns.status,
      sortField: 'status',
      cell: ({ status: { id, description } }) => (
        <StatusBadge kind={statusKinds[id] ?? 'muted'}>{t.statuses[id] ?? description}</StatusBadge>
      ),
    },
    { id: 'roles', header: columns.roles, cell: ({ roles }) => roles.map(({ name }) => name).join(', ') },
    {
      id: 'factor',
      header: columns.factor,
      cell: ({ mfa }) =>
        mfa.some(({ status }) => status.id === activeStatus) ? (
          <StatusBadge kind="good">{t.factorOn}</StatusBadge>
        ) : (
          <StatusBadge kind="muted">{t.factorOff}</StatusBadge>
        ),
    },
    {
      id: 'created',
      header: columns.created,
      sortField: 'created',
      cell: ({ created }) => <RelativeTime time={created} />,
    },
    { id: 'actions', header: columns.actions, isActions: true, cell: actions },
  ];
}

function Person({
  user,
  reader,
  t,
}: {
  readonly user: UserResource;
  readonly reader: Reader;
  readonly t: Texts;
}): ReactElement {
  const isGuest = user.organisation.id !== reader.organisationId;
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text component="span" inherit>
          {user.name}
        </Text>
        {user.id === reader.userId ? <StatusBadge kind="label">{t.you}</StatusBadge> : null}
      </Group>
      <Text component="span" size="xs" c="dimmed" fw={400}>
        {user.username}
        {isGuest ? ` · ${t.guest(user.organisation.name)}` : ''}
      </Text>
    </Stack>
  );
}
