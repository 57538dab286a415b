import type { ApplicationTokenResource } from '@keywright/contract';
import { Code, Stack, Text } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import type { Column } from '../component/data-table-column.ts';
import { ExactTime, RelativeTime } from '../component/relative-time.tsx';
import { StatusBadge } from '../component/status-badge.tsx';
import type { Translation } from '../i18n/texts.ts';
import type { tokenEnglish } from './texts-english.ts';
import { tokenName } from './token-name.ts';

type Texts = Translation<typeof tokenEnglish>;
type Token = ApplicationTokenResource;

const statusKinds = ['good', 'muted', 'warning'] as const;

/** The columns of the table of application tokens. */
export function tokenColumns(t: Texts, actions: (token: Token) => ReactNode): readonly Column<Token>[] {
  const { columns } = t;
  return [
    {
      id: 'description',
      header: columns.description,
      sortField: 'description',
      isTitle: true,
      cell: (token) => <TokenTitle token={token} t={t} />,
    },
    { id: 'status', header: columns.status, sortField: 'status', cell: (token) => <TokenStatus token={token} t={t} /> },
    {
      id: 'roles',
      header: columns.roles,
      cell: ({ roles }) =>
        roles === null ? <Dimmed>{t.creatorRoles}</Dimmed> : roles.map(({ name }) => name).join(', '),
    },
    {
      id: 'expiry',
      header: columns.expiry,
      sortField: 'expiry_date',
      cell: ({ expiry_date }) => (expiry_date === null ? <Dimmed>{t.noExpiry}</Dimmed> : <Times time={expiry_date} />),
    },
    {
      id: 'ip',
      header: columns.ip,
      sortField: 'ip',
      cell: ({ ip }) => (ip === null ? <Dimmed>{t.anywhere}</Dimmed> : <Code>{ip}</Code>),
    },
    {
      id: 'lastUsed',
      header: columns.lastUsed,
      sortField: 'last_used',
      cell: (token) => <LastUse token={token} t={t} />,
    },
    {
      id: 'creator',
      header: columns.creator,
      sortField: 'creator',
      cell: ({ creator }) => (creator === null ? <Dimmed>{t.deletedUser}</Dimmed> : creator.name),
    },
    { id: 'actions', header: columns.actions, isActions: true, cell: actions },
  ];
}

function Dimmed({ children }: { readonly children: string }): ReactElement {
  return (
    <Text component="small" inherit c="dimmed">
      {children}
    </Text>
  );
}

function TokenTitle({ token, t }: { readonly token: Token; readonly t: Texts }): ReactElement {
  return (
    <Stack gap={2}>
      <Text component="span" inherit>
        {tokenName(token, t)}
      </Text>
      <Text component="span" ff="monospace" size="xs" c="dimmed">
        {token.prefix}…
      </Text>
      <OldSecret token={token} t={t} />
    </Stack>
  );
}

function TokenStatus({ token, t }: { readonly token: Token; readonly t: Texts }): ReactElement {
  const { id, description } = token.status;
  return <StatusBadge kind={statusKinds[id] ?? 'muted'}>{t.statuses[id] ?? description}</StatusBadge>;
}

function Times({ time }: { readonly time: string }): ReactElement {
  return (
    <Stack gap={2}>
      <RelativeTime time={time} />
      <Text component="span" size="xs" c="dimmed">
        <ExactTime time={time} />
      </Text>
    </Stack>
  );
}

function LastUse({ token, t }: { readonly token: Token; readonly t: Texts }): ReactElement {
  if (token.last_used === null) return <Dimmed>{t.never}</Dimmed>;
  return (
    <Stack gap={2}>
      <RelativeTime time={token.last_used} />
      {token.last_used_ip === null ? null : (
        <Text component="span" size="xs" c="dimmed">
          {t.from(token.last_used_ip)}
        </Text>
      )}
    </Stack>
  );
}

/** While two secrets work: whether the one before is still used. */
function OldSecret({ token, t }: { readonly token: Token; readonly t: Texts }): ReactElement | null {
  const { rotation } = token;
  if (rotation === null) return null;
  const { still_used, last_used, last_used_ip, overlap_until } = rotation;
  return (
    <Stack gap={2} mt={4} fw={400}>
      {still_used && last_used !== null ? (
        <Text component="span" size="xs">
          {t.rotation.oldUsed} <RelativeTime time={last_used} />
          {last_used_ip === null ? '' : ` ${t.from(last_used_ip)}`}
        </Text>
      ) : (
        <Text component="span" size="xs" c="dimmed">
          {t.rotation.oldUnused}
        </Text>
      )}
      <Text component="span" size="xs" c="dimmed">
        {t.rotation.oldWorks} <ExactTime time={overlap_until} />
      </Text>
    </Stack>
  );
}
