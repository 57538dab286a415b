import type { OrganisationResource } from '@keywright/contract';
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { resourceQuery } from '../api/query.ts';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PageHeader } from '../component/page-header.tsx';
import { SectionLinks } from '../component/section-links.tsx';
import { useTexts } from '../i18n/texts.ts';
import { organisationTexts } from './texts.ts';

/** The head of each page of the organisation, with the links between them. */
export function OrganisationHead({
  title,
  description,
  actions,
}: {
  readonly title: string;
  readonly description: string;
  readonly actions?: ReactNode;
}): ReactElement {
  const t = useTexts(organisationTexts);
  return (
    <>
      <PageHeader title={title} description={description} actions={actions} />
      <SectionLinks
        label={t.pages}
        links={[
          { to: '/organisation-settings/details', text: t.details },
          { to: '/organisation-settings/users', text: t.users },
          { to: '/organisation-settings/sign-in', text: t.signIn },
        ]}
      />
    </>
  );
}

/** Reads the organisation that the reader works in for what shows it. */
export function WithOrganisation({
  children,
}: {
  readonly children: (organisation: OrganisationResource) => ReactNode;
}): ReactElement {
  const { data, error, refetch } = useQuery(resourceQuery<OrganisationResource>('/api/v1/organisation/my'));
  if (data !== undefined) return <>{children(data)}</>;
  return error === null ? (
    <Skeleton height={240} radius="md" maw="52rem" />
  ) : (
    <ErrorPanel error={error} onRetry={() => void refetch()} />
  );
}
