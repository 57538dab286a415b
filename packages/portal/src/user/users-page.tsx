import type { UserResource } from '@keywright/contract';
import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { containing } from '../api/list-request.ts';
import { listQuery } from '../api/query.ts';
import { ClearFilters } from '../component/clear-filters.tsx';
import { DataTable } from '../component/data-table.tsx';
import { EmptyState } from '../component/empty-state.tsx';
import { FilterBar } from '../component/filter-bar.tsx';
import { FilterChoice } from '../component/filter-choice.tsx';
import { Icon } from '../component/icon.tsx';
import { SearchField } from '../component/search-field.tsx';
import { type ListDefaults, type ListState, useListState } from '../component/use-list-state.ts';
import { useTexts } from '../i18n/texts.ts';
import { OrganisationHead } from '../organisation-settings/organisation-frame.tsx';
import { grantableRoles } from '../role/role.ts';
import { useRights } from '../session/use-rights.ts';
import { userTexts } from './texts.ts';
import { UserActions, type UserDeed } from './user-actions.tsx';
import type { Place } from './user-call.ts';
import { userColumns } from './user-columns.tsx';

const InviteDialog = lazy(async () => ({ default: (await import('./invite-dialog.tsx')).InviteDialog }));
const RoleDialog = lazy(async () => ({ default: (await import('./role-dialog.tsx')).RoleDialog }));
const UserQuestion = lazy(async () => ({ default: (await import('./user-question.tsx')).UserQuestion }));

type Deed =
  | { readonly kind: 'invite' }
  | { readonly kind: UserDeed; readonly user: UserResource; readonly place: Place };

const listDefaults: ListDefaults = {
  sort: { field: 'name', descending: false },
  filters: ['search', 'status', 'second_factor'],
  toQuery: ({ search = '', ...others }) => ({
    [search.includes('@') ? 'username' : 'name']: containing(search),
    ...others,
  }),
};

/** The page of who works in the organisation. */
export function UsersPage(): ReactElement {
  const t = useTexts(userTexts);
  const { isAdministrator, userId, organisationId } = useRights();
  const list = useListState(listDefaults);
  const query = useQuery({ ...listQuery<UserResource>('/api/v1/user', list.request), enabled: isAdministrator });
  const [deed, setDeed] = useState<Deed>();
  const columns = useMemo(
    () =>
      userColumns(t, { userId, organisationId }, (user) => {
        if (user.id === userId) return null;
        const place = user.organisation.id === organisationId ? undefined : organisationId;
        return <UserActions user={user} place={place} onChoose={(kind) => setDeed({ kind, user, place })} />;
      }),
    [t, userId, organisationId],
  );
  if (!isAdministrator) {
    return (
      <>
        <OrganisationHead title={t.title} description={t.description} />
        <Alert icon={<Icon name="info" />}>{t.administratorsOnly}</Alert>
      </>
    );
  }
  const invite = (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setDeed({ kind: 'invite' })}>
      {t.invite}
    </Button>
  );
  return (
    <>
      <OrganisationHead title={t.title} description={t.description} actions={invite} />
      <UserFilters list={list} />
      <DataTable
        label={t.title}
        columns={columns}
        query={query}
        list={list}
        empty={<EmptyState icon="users" title={t.emptyTitle} />}
      />
      <Suspense>
        <OpenDeed deed={deed} onClose={() => setDeed(undefined)} />
      </Suspense>
    </>
  );
}

function OpenDeed({
  deed,
  onClose,
}: {
  readonly deed: Deed | undefined;
  readonly onClose: () => void;
}): ReactElement | null {
  const grantable = grantableRoles(useRights().roles);
  if (deed === undefined) return null;
  switch (deed.kind) {
    case 'invite':
      return <InviteDialog grantable={grantable} onClose={onClose} />;
    case 'roles':
      return <RoleDialog user={deed.user} grantable={grantable} onClose={onClose} />;
    default:
      return <UserQuestion deed={deed.kind} user={deed.user} place={deed.place} onClose={onClose} />;
  }
}

function UserFilters({ list }: { readonly list: ListState }): ReactElement {
  const t = useTexts(userTexts);
  return (
    <FilterBar>
      <SearchField
        label={t.search}
        value={list.filters['search'] ?? ''}
        onSearch={(search) => list.setFilters({ search })}
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
        name="second_factor"
        label={t.columns.factor}
        any={t.anyFactor}
        choices={[
          ['false', t.withoutFactor],
          ['true', t.withFactor],
        ]}
      />
      <ClearFilters list={list} />
    </FilterBar>
  );
}
