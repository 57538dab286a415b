import type { UserResource } from '@keywright/contract';
import { Skeleton, Stack } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { listQuery, resourceQuery } from '../api/query.ts';
import { type Attention, attentions } from '../application-token/attention.ts';
import { EmptyState } from '../component/empty-state.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PageHeader } from '../component/page-header.tsx';
import { useTexts } from '../i18n/texts.ts';
import { useRights } from '../session/use-rights.ts';
import { FailureNotice, NoFactorNotice, OthersWithoutNotice } from './notice.tsx';
import { startTexts } from './texts.ts';
import { attentionQuery, TokenAttention } from './token-attention.tsx';
import { weekAgo } from './week-ago.ts';

const reasons = Object.keys(attentions) as Attention[];
const activeStatus = 1;

/** The first page after the sign-in: what needs a look, and how it is mended. */
export function StartPage(): ReactElement {
  const t = useTexts(startTexts);
  return (
    <>
      <PageHeader title={t.title} description={t.description} />
      <Stack gap="lg" maw="60rem">
        <Matters />
      </Stack>
    </>
  );
}

function Matters(): ReactElement {
  const t = useTexts(startTexts);
  const { seesAllEvents, isAdministrator } = useRights();
  const user = useQuery(resourceQuery<UserResource>('/api/v1/user/my'));
  const tokens = useQueries({ queries: reasons.map(attentionQuery) });
  const failures = useQuery(
    listQuery(seesAllEvents ? '/api/v1/event' : '/api/v1/user/my/event', {
      page: 1,
      perPage: 1,
      filters: { type: '6', from: weekAgo(Date.now()) },
    }),
  );
  const without = useQuery({
    ...listQuery('/api/v1/user', { page: 1, perPage: 1, filters: { second_factor: 'false', status: '1' } }),
    enabled: isAdministrator,
  });
  const all = [user, failures, ...(isAdministrator ? [without] : []), ...tokens];
  const failed = all.find(({ error, data }) => error !== null && data === undefined);
  if (failed !== undefined) return <ErrorPanel error={failed.error} onRetry={() => void failed.refetch()} />;
  if (all.some(({ data }) => data === undefined)) return <Skeleton height={220} radius="md" />;
  const hasFactor = user.data?.mfa.some(({ status }) => status.id === activeStatus) === true;
  const othersWithout = (without.data?.total ?? 0) - (hasFactor ? 0 : 1);
  const failureCount = failures.data?.total ?? 0;
  const open = reasons.filter((_reason, index) => (tokens[index]?.data?.total ?? 0) > 0);
  if (hasFactor && failureCount === 0 && othersWithout <= 0 && open.length === 0) {
    return (
      <EmptyState icon="check" title={t.well}>
        {t.wellHint}
      </EmptyState>
    );
  }
  return (
    <>
      {hasFactor ? null : <NoFactorNotice />}
      {failureCount > 0 ? <FailureNotice count={failureCount} /> : null}
      {isAdministrator && othersWithout > 0 ? <OthersWithoutNotice count={othersWithout} /> : null}
      {open.map((reason) => (
        <TokenAttention key={reason} reason={reason} />
      ))}
    </>
  );
}
