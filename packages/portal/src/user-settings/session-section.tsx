import type { SessionResource } from '@keywright/contract';
import { Group, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { change } from '../api/api.ts';
import { listQuery } from '../api/query.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { RelativeTime } from '../component/relative-time.tsx';
import { Section } from '../component/section.tsx';
import { SettingEntry, SettingList } from '../component/setting-list.tsx';
import { StatusBadge } from '../component/status-badge.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { deviceIcon } from './device-icon.ts';
import { userSettingsTexts } from './texts.ts';

const path = '/api/v1/user/my/session';
const step = 20;

/** Where the reader is signed in. */
export function SessionSection(): ReactElement {
  const { sessions: t } = useTexts(userSettingsTexts);
  const [perPage, setPerPage] = useState(step);
  const { data, error, refetch, isFetching } = useQuery(listQuery<SessionResource>(path, { page: 1, perPage }));
  return (
    <Section
      id="sessions"
      title={t.title}
      description={t.description}
      actions={(data?.total ?? 0) > 1 ? <EndOthers /> : null}
    >
      {data === undefined && error !== null ? <ErrorPanel error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null ? <Skeleton height={64} /> : null}
      {data === undefined ? null : (
        <>
          <SettingList label={t.list}>
            {data.rows.map((session) => (
              <Session key={session.id} session={session} />
            ))}
          </SettingList>
          {data.total <= data.rows.length ? null : (
            <Group justify="center" mt="sm">
              <BusyButton variant="subtle" size="xs" isBusy={isFetching} onClick={() => setPerPage(perPage + step)}>
                {t.more}
              </BusyButton>
            </Group>
          )}
        </>
      )}
    </Section>
  );
}

/** Signs out everywhere but here. */
function EndOthers(): ReactElement {
  const { sessions: t } = useTexts(userSettingsTexts);
  const end = useChange<void, void>({
    change: () => change('DELETE', `${path}?keep_current=true`),
    done: () => t.othersEnded,
    invalidates: [['user', 'my', 'session']],
  });
  return (
    <BusyButton variant="default" size="xs" isBusy={end.isPending} onClick={() => end.mutate()}>
      {t.endOthers}
    </BusyButton>
  );
}

function Session({ session }: { readonly session: SessionResource }): ReactElement {
  const t = useTexts(userSettingsTexts);
  const { id, ip, browser, operating_system, created, last_used, current, support } = session;
  const name = t.device(browser, operating_system);
  const end = useChange<void, void>({
    change: () => change('DELETE', `${path}/${id}`),
    done: () => t.sessions.ended(name),
    invalidates: [['user', 'my', 'session']],
  });
  return (
    <SettingEntry
      icon={deviceIcon(operating_system)}
      title={
        <Group gap="xs">
          {name}
          {current ? <StatusBadge kind="good">{t.sessions.current}</StatusBadge> : null}
          {support ? <StatusBadge kind="warning">{t.sessions.support}</StatusBadge> : null}
        </Group>
      }
      details={
        <>
          {ip} · {t.sessions.started} <RelativeTime time={created} />, {t.sessions.lastUsed}{' '}
          <RelativeTime time={last_used} />
        </>
      }
      actions={
        current ? null : (
          <BusyButton
            variant="default"
            size="xs"
            aria-label={t.sessions.endOf(name)}
            isBusy={end.isPending}
            onClick={() => end.mutate()}
          >
            {t.sessions.end}
          </BusyButton>
        )
      }
    />
  );
}
