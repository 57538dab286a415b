import { Box, Group, Text, Title } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

/** The head of a page: what it is called, also in the window's title, and what can be done there. */
export function PageHeader({
  title,
  description,
  actions,
}: {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <PageTitle title={title} />
      <Box flex="1 1 20rem" miw={0}>
        <Title order={1} tabIndex={-1}>
          {title}
        </Title>
        {description === undefined ? null : (
          <Text c="dimmed" mt={4} maw="44rem">
            {description}
          </Text>
        )}
      </Box>
      {actions === undefined ? null : <Group gap="sm">{actions}</Group>}
    </Group>
  );
}

/** The window's title. */
export function PageTitle({ title }: { readonly title: string }): ReactElement {
  return <title>{`${title} · Keywright`}</title>;
}
