import type { ApplicationTokenResource } from '@keywright/contract';
import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { containing, exactly } from '../api/list-request.ts';
import { listQuery } from '../api/query.ts';
import { DataTable } from '../component/data-table.tsx';
import { EmptyState } from '../component/empty-state.tsx';
import { Icon } from '../component/icon.tsx';
import { PageHeader } from '../component/page-header.tsx';
import { type ListDefaults, useListState } from '../component/use-list-state.ts';
import { useTexts } from '../i18n/texts.ts';
import { grantableRoles } from '../role/role.ts';
import type { SessionClaims } from '../session/session-claims.ts';
import { tokenTexts } from './texts.ts';
import { TokenActions, type TokenDeed } from './token-actions.tsx';
import { tokenColumns } from './token-columns.tsx';
import { TokenFilters } from './token-filters.tsx';
import { tokenName } from './token-name.ts';
import { mayChange, revokedStatus } from './token-rights.ts';

// What nobody has opened yet need not be there: the table comes first.
const CreateTokenDialog = lazy(async () => ({
  default: (await import('./create-token-dialog.tsx')).CreateTokenDialog,
}));
const EditTokenDialog = lazy(async () => ({ default: (await import('./edit-token-dialog.tsx')).EditTokenDialog }));
const RotateTokenDialog = lazy(async () => ({
  default: (await import('./rotate-token-dialog.tsx')).RotateTokenDialog,
}));
const RevokeTokens = lazy(async () => ({ default: (await import('./revoke-tokens.tsx')).RevokeTokens }));

type Token = ApplicationTokenResource;

/** What is open over the table. */
type Deed =
  | { readonly kind: 'create' }
  | { readonly kind: 'revoke'; readonly tokens: readonly Token[] }
  | { readonly kind: 'edit' | 'rotate'; readonly token: Token };

const listDefaults: ListDefaults = {
  sort: { field: 'created', descending: true },
  filters: ['description', 'status', 'attention', 'creator'],
  toQuery: ({ description = '', creator = '', ...others }) => ({
    description: containing(description),
    creator: exactly(creator),
    ...others,
  }),
};

const noneSelected: ReadonlySet<number> = new Set();

/** The page of the application tokens: all of the organisation's, and what can be done to them. */
export function ApplicationTokens({ claims }: { readonly claims: SessionClaims }): ReactElement {
  const t = useTexts(tokenTexts);
  const list = useListState(listDefaults);
  const query = useQuery(listQuery<Token>('/api/v1/application_token', list.request));
  const [deed, setDeed] = useState<Deed>();
  const [selected, setSelected] = useState(noneSelected);
  const isChangeable = (token: Token): boolean => token.status.id !== revokedStatus && mayChange(token, claims);
  const columns = useMemo(() => {
    const choose = (token: Token, kind: TokenDeed): void =>
      setDeed(kind === 'revoke' ? { kind, tokens: [token] } : { kind, token });
    const isOpenTo = (token: Token): boolean => token.status.id !== revokedStatus && mayChange(token, claims);
    return tokenColumns(t, (token) =>
      isOpenTo(token) ? <TokenActions token={token} onChoose={(kind) => choose(token, kind)} /> : null,
    );
  }, [t, claims]);
  const marked = (query.data?.rows ?? []).filter((token) => selected.has(token.id) && isChangeable(token));
  const add = (label: string): ReactElement => (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setDeed({ kind: 'create' })}>
      {label}
    </Button>
  );
  const isEmpty = query.data?.rows.length === 0 && !list.hasFilters;
  return (
    <>
      <PageHeader title={t.title} description={t.description} actions={isEmpty ? null : add(t.add)} />
      {isEmpty ? null : <TokenFilters list={list} />}
      <SelectionBar
        count={marked.length}
        onRevoke={() => setDeed({ kind: 'revoke', tokens: marked })}
        onClear={() => setSelected(noneSelected)}
      />
      <DataTable
        label={t.title}
        columns={columns}
        query={query}
        list={list}
        selection={{
          ids: selected,
          set: setSelected,
          nameOf: (token) => tokenName(token, t),
          isSelectable: isChangeable,
        }}
        empty={
          <EmptyState icon="key" title={t.emptyTitle} action={add(t.addFirst)}>
            {t.emptyHint}
          </EmptyState>
        }
      />
      <Suspense>
        <OpenDeed deed={deed} claims={claims} onClose={() => setDeed(undefined)} />
      </Suspense>
    </>
  );
}

/** What can be done to the tokens that are marked. */
function SelectionBar({
  count,
  onRevoke,
  onClear,
}: {
  readonly count: number;
  readonly onRevoke: () => void;
  readonly onClear: () => void;
}): ReactElement | null {
  const t = useTexts(tokenTexts);
  if (count === 0) return null;
  return (
    <Group gap="sm" mb="sm" role="toolbar" aria-label={t.columns.actions}>
      <Text size="sm" fw={500} aria-live="polite">
        {t.selected(count)}
      </Text>
      <Button size="xs" color="red" variant="light" leftSection={<Icon name="bin" size={14} />} onClick={onRevoke}>
        {t.revocation.confirmMany(count)}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        {t.clearSelection}
      </Button>
    </Group>
  );
}

function OpenDeed({
  deed,
  claims,
  onClose,
}: {
  readonly deed: Deed | undefined;
  readonly claims: SessionClaims;
  readonly onClose: () => void;
}): ReactElement | null {
  switch (deed?.kind) {
    case undefined:
      return null;
    case 'create':
      return <CreateTokenDialog grantable={grantableRoles(claims.roles)} onClose={onClose} />;
    case 'edit':
      return <EditTokenDialog token={deed.token} onClose={onClose} />;
    case 'rotate':
      return <RotateTokenDialog token={deed.token} onClose={onClose} />;
    case 'revoke':
      return <RevokeTokens tokens={deed.tokens} onClose={onClose} />;
  }
}
