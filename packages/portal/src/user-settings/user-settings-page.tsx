import type { UserResource } from '@keywright/contract';
import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { resourceQuery } from '../api/query.ts';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PageHeader } from '../component/page-header.tsx';
import { useTexts } from '../i18n/texts.ts';
import { OwnDataSection } from './own-data-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { ProfileSection } from './profile-section.tsx';
import { SecondFactorSection } from './second-factor-section.tsx';
import { SessionSection } from './session-section.tsx';
import { userSettingsTexts } from './texts.ts';
import { TrustedDeviceSection } from './trusted-device-section.tsx';

/** What of the reader's own they can look at and change. */
export function UserSettingsPage(): ReactElement {
  const t = useTexts(userSettingsTexts);
  const { data: user, error, refetch } = useQuery(resourceQuery<UserResource>('/api/v1/user/my'));
  if (user === undefined) {
    return (
      <>
        <PageHeader title={t.title} />
        {error === null ? (
          <Skeleton height={480} radius="md" />
        ) : (
          <ErrorPanel error={error} onRetry={() => void refetch()} />
        )}
      </>
    );
  }
  return (
    <>
      <PageHeader title={t.title} />
      <Stack gap="lg" maw="52rem">
        <ProfileSection user={user} />
        <PasswordSection user={user} />
        <SecondFactorSection factors={user.mfa} />
        <TrustedDeviceSection />
        <SessionSection />
        <OwnDataSection />
      </Stack>
    </>
  );
}
