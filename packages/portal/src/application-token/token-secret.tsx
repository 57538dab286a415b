import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { settingsQuery } from '../api/portal-settings.ts';
import { CopyButton } from '../component/copy-button.tsx';
import { DialogActions } from '../component/dialog-actions.tsx';
import { SecretPanel } from '../component/secret-panel.tsx';
import { useTexts } from '../i18n/texts.ts';
import { exchangeCommand } from './exchange-command.ts';
import { tokenTexts } from './texts.ts';
import classes from './token-secret.module.css';

/** A token's new secret, this once, and how to use it. */
export function TokenSecret({
  secret,
  children,
  onDone,
}: {
  readonly secret: string;
  readonly children?: ReactNode;
  readonly onDone: () => void;
}): ReactElement {
  const { create: t } = useTexts(tokenTexts);
  const { data: settings } = useQuery(settingsQuery);
  const command = exchangeCommand(settings?.public_url ?? window.location.origin, secret);
  return (
    <Stack gap="md">
      <SecretPanel secret={secret} label={t.secret} copyLabel={t.copy}>
        {children}
      </SecretPanel>
      <div>
        <Group justify="space-between" align="center" mb={6}>
          <Text size="sm" fw={500}>
            {t.try}
          </Text>
          <CopyButton text={command} label={t.copyCommand} variant="default" size="xs" />
        </Group>
        <Code block className={classes.command} tabIndex={0}>
          {command}
        </Code>
      </div>
      <DialogActions>
        <Button onClick={onDone}>{t.done}</Button>
      </DialogActions>
    </Stack>
  );
}
