import { Code, Group, Stack, Text } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icon.tsx';
import classes from './secret-panel.module.css';
import { componentTexts } from './texts.ts';

/** Shows a secret, this once, and copies it. */
export function SecretPanel({
  secret,
  copyLabel,
  label,
  children,
}: {
  readonly secret: string;
  readonly copyLabel?: string;
  /** What it is, for screen readers. */
  readonly label: string;
  readonly children?: ReactNode;
}): ReactElement {
  const t = useTexts(componentTexts);
  return (
    <Stack gap="sm" className={classes.panel}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Icon name="info" />
        <Text fw={500}>{t.shownOnce}</Text>
      </Group>
      <Group gap="sm" align="stretch">
        <Code className={classes.secret} tabIndex={0} aria-label={label}>
          {secret}
        </Code>
        <CopyButton text={secret} {...(copyLabel === undefined ? {} : { label: copyLabel })} />
      </Group>
      {children}
    </Stack>
  );
}
