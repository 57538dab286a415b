import { Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** What stands where there is nothing yet: what would be there, and how to make the first one. */
export function EmptyState({
  icon,
  title,
  isPage = false,
  children,
  action,
}: {
  readonly icon: IconName;
  readonly title: string;
  /** Whether it is all that there is on the page, so that its title is the page's. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}): ReactElement {
  return (
    <Stack align="center" gap="xs" py={56} px="md" ta="center">
      <ThemeIcon variant="light" size={48} radius="md">
        <Icon name={icon} size={24} />
      </ThemeIcon>
      <Title order={isPage ? 1 : 2} size="h2" mt="xs" tabIndex={isPage ? -1 : undefined}>
        {title}
      </Title>
      {children === undefined ? null : (
        <Text c="dimmed" maw="28rem">
          {children}
        </Text>
      )}
      {action === undefined ? null : <div style={{ marginTop: 'var(--mantine-spacing-sm)' }}>{action}</div>}
    </Stack>
  );
}
