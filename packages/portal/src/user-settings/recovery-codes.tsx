import { Button, Code, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { CopyButton } from '../component/copy-button.tsx';
import { Icon } from '../component/icon.tsx';
import { saveText } from '../component/save-text.ts';
import { useTexts } from '../i18n/texts.ts';
import { userSettingsTexts } from './texts.ts';

/** Shows recovery codes, this once. */
export function RecoveryCodes({
  codes,
  onDone,
}: {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  const text = codes.join('\n');
  return (
    <Stack gap="md">
      <Text>{t.recoveryShown}</Text>
      <SimpleGrid cols={2} spacing="xs">
        {codes.map((code) => (
          <Code key={code} fz="sm" ta="center" p={6}>
            {code}
          </Code>
        ))}
      </SimpleGrid>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <CopyButton text={text} label={t.recoveryCopy} variant="default" />
          <Button
            variant="default"
            leftSection={<Icon name="download" size={16} />}
            onClick={() => saveText('keywright-recovery-codes.txt', `${text}\n`)}
          >
            {t.recoveryDownload}
          </Button>
        </Group>
        <Button onClick={onDone}>{t.done}</Button>
      </Group>
    </Stack>
  );
}
