import { Badge, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { PageHeader } from '../component/page-header.tsx';
import { useTexts } from '../i18n/texts.ts';
import { layoutTexts } from '../layout/texts.ts';
import { sessionStore } from '../session/session.ts';
import { useStore } from '../store/store.ts';
import { startTexts } from './texts.ts';

/** The first page after the sign-in: where the reader works, and as what. */
export function StartPage(): ReactElement {
  const t = useTexts(startTexts);
  const layout = useTexts(layoutTexts);
  const session = useStore(sessionStore);
  if (session.status !== 'signed-in') return <PageHeader title={t.title} />;
  const { org, roles } = session.claims;
  return (
    <>
      <PageHeader title={t.title} description={t.description} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Card withBorder radius="md">
          <Stack gap={4}>
            <Text size="xs" c="dimmed">
              {layout.workspace}
            </Text>
            <Text fw={500}>{org.name}</Text>
          </Stack>
        </Card>
        <Card withBorder radius="md">
          <Stack gap={6}>
            <Text size="xs" c="dimmed">
              {t.roles}
            </Text>
            <Group gap="xs">
              {roles.map((role) => (
                <Badge key={role} variant="light" tt="none">
                  {layout.roles[role]}
                </Badge>
              ))}
            </Group>
          </Stack>
        </Card>
      </SimpleGrid>
    </>
  );
}
