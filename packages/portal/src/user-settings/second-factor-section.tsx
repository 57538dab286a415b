import type { MfaKeyResource } from '@keywright/contract';
import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { Icon, type IconName } from '../component/icon.tsx';
import { Section } from '../component/section.tsx';
import { SettingEntry, SettingList } from '../component/setting-list.tsx';
import { StatusBadge } from '../component/status-badge.tsx';
import { useTexts } from '../i18n/texts.ts';
import { type FactorKind, factorTypeIds } from '../second-factor/factor-type.ts';
import { secondFactorTexts } from '../second-factor/texts.ts';
import { userSettingsTexts } from './texts.ts';

const AddFactorDialog = lazy(async () => ({ default: (await import('./add-factor-dialog.tsx')).AddFactorDialog }));
const RemoveFactorDialog = lazy(async () => ({
  default: (await import('./remove-factor-dialog.tsx')).RemoveFactorDialog,
}));
const RecoveryCodesDialog = lazy(async () => ({
  default: (await import('./recovery-codes-dialog.tsx')).RecoveryCodesDialog,
}));

const kinds: readonly FactorKind[] = ['totp', 'passkey', 'email_code'];
const icons: Readonly<Record<FactorKind, IconName>> = { totp: 'phone', passkey: 'fingerprint', email_code: 'mail' };
const activeStatus = 1;

type Deed =
  | { readonly do: 'add' | 'remove'; readonly kind: FactorKind; readonly factor: MfaKeyResource | undefined }
  | { readonly do: 'recovery' };

/** The second factors of the reader: of each kind the one that there is, or the way to one. */
export function SecondFactorSection({ factors }: { readonly factors: readonly MfaKeyResource[] }): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  const [deed, setDeed] = useState<Deed>();
  const close = (): void => setDeed(undefined);
  const factorOf = (kind: FactorKind): MfaKeyResource | undefined =>
    factors.find(({ type }) => type.id === factorTypeIds[kind]);
  const isProtected = factors.some(({ status }) => status.id === activeStatus);
  return (
    <Section id="two-factor-authentication" title={t.title} description={t.description}>
      <Stack gap="md">
        {isProtected ? null : (
          <Alert color="yellow" icon={<Icon name="warning" />}>
            {t.none}
          </Alert>
        )}
        <SettingList label={t.list}>
          {kinds.map((kind) => (
            <Factor
              key={kind}
              kind={kind}
              factor={factorOf(kind)}
              onAdd={() => setDeed({ do: 'add', kind, factor: factorOf(kind) })}
              onRemove={() => setDeed({ do: 'remove', kind, factor: factorOf(kind) })}
            />
          ))}
        </SettingList>
        {isProtected ? <RecoveryOffer onOpen={() => setDeed({ do: 'recovery' })} /> : null}
      </Stack>
      <Suspense>
        {deed?.do === 'add' ? (
          <AddFactorDialog kind={deed.kind} pending={deed.factor} isFirst={!isProtected} onClose={close} />
        ) : null}
        {deed?.do === 'remove' && deed.factor !== undefined ? (
          <RemoveFactorDialog kind={deed.kind} factor={deed.factor} onClose={close} />
        ) : null}
        {deed?.do === 'recovery' ? <RecoveryCodesDialog onClose={close} /> : null}
      </Suspense>
    </Section>
  );
}

function RecoveryOffer({ onOpen }: { readonly onOpen: () => void }): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  return (
    <Group justify="space-between" gap="sm">
      <div>
        <Title order={3}>{t.recovery}</Title>
        <Text size="sm" c="dimmed">
          {t.recoveryHint}
        </Text>
      </div>
      <Button variant="default" size="xs" leftSection={<Icon name="lifebuoy" size={16} />} onClick={onOpen}>
        {t.recoveryNew}
      </Button>
    </Group>
  );
}

function Factor({
  kind,
  factor,
  onAdd,
  onRemove,
}: {
  readonly kind: FactorKind;
  readonly factor: MfaKeyResource | undefined;
  readonly onAdd: () => void;
  readonly onRemove: () => void;
}): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  const { ways, hints } = useTexts(secondFactorTexts);
  const isActive = factor?.status.id === activeStatus;
  return (
    <SettingEntry
      icon={icons[kind]}
      title={
        <Group gap="xs">
          {ways[kind]}
          {isActive ? <StatusBadge kind="good">{t.active}</StatusBadge> : null}
          {factor !== undefined && !isActive ? <StatusBadge kind="warning">{t.pending}</StatusBadge> : null}
        </Group>
      }
      details={hints[kind]}
      actions={
        isActive ? (
          <Button variant="default" size="xs" aria-label={t.removeOf(ways[kind])} onClick={onRemove}>
            {t.remove}
          </Button>
        ) : (
          <Button variant="default" size="xs" aria-label={t.adding(ways[kind])} onClick={onAdd}>
            {t.add}
          </Button>
        )
      }
    />
  );
}
