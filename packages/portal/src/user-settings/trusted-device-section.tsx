import type { TrustedDeviceResource } from '@keywright/contract';
import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { change } from '../api/api.ts';
import { resourceQuery } from '../api/query.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { ExactTime, RelativeTime } from '../component/relative-time.tsx';
import { Section } from '../component/section.tsx';
import { SettingEntry, SettingList } from '../component/setting-list.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { deviceIcon } from './device-icon.ts';
import { userSettingsTexts } from './texts.ts';

const path = '/api/v1/user/my/mfa/trusted_device';

/** The devices on which the reader is not asked for a second factor. */
export function TrustedDeviceSection(): ReactElement {
  const { devices: t } = useTexts(userSettingsTexts);
  const { data, error, refetch } = useQuery(resourceQuery<readonly TrustedDeviceResource[]>(path));
  return (
    <Section id="trusted-devices" title={t.title} description={t.description}>
      {error === null || data !== undefined ? (
        <Devices devices={data} />
      ) : (
        <ErrorPanel error={error} onRetry={() => void refetch()} />
      )}
    </Section>
  );
}

function Devices({ devices }: { readonly devices: readonly TrustedDeviceResource[] | undefined }): ReactElement {
  const t = useTexts(userSettingsTexts);
  const nameOf = ({ name, browser, operating_system }: TrustedDeviceResource): string =>
    name ?? t.device(browser, operating_system);
  const remove = useChange({
    change: ({ id }: TrustedDeviceResource) => change('DELETE', `${path}/${id}`),
    done: (_nothing, device) => t.devices.removed(nameOf(device)),
    invalidates: [['user', 'my', 'mfa']],
  });
  if (devices === undefined) return <Skeleton height={64} />;
  if (devices.length === 0) return <Text c="dimmed">{t.devices.none}</Text>;
  return (
    <SettingList label={t.devices.list}>
      {devices.map((device) => (
        <SettingEntry
          key={device.id}
          icon={deviceIcon(device.operating_system)}
          title={nameOf(device)}
          details={
            <>
              {t.devices.trusted} <RelativeTime time={device.activation_date} />, {t.devices.until}{' '}
              <ExactTime time={device.expiry_date} />
            </>
          }
          actions={
            <BusyButton
              variant="default"
              size="xs"
              aria-label={t.devices.removeOf(nameOf(device))}
              isBusy={remove.isPending && remove.variables.id === device.id}
              onClick={() => remove.mutate(device)}
            >
              {t.devices.remove}
            </BusyButton>
          }
        />
      ))}
    </SettingList>
  );
}
