import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { ApiError } from '../api/api-error.ts';
import { useTexts } from '../i18n/texts.ts';
import { useLocale } from '../i18n/use-locale.ts';
import { errorText } from './error-text.ts';
import { Icon } from './icon.tsx';
import { componentTexts } from './texts.ts';

/** Says in the place of some content what went wrong, with the request id for the operator and another try. */
export function ErrorPanel({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}): ReactElement {
  const t = useTexts(componentTexts);
  const locale = useLocale();
  const requestId = error instanceof ApiError ? error.requestId : undefined;
  return (
    <Alert color="red" variant="light" icon={<Icon name="warning" />} title={t.errors.title} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{errorText(error, t, locale)}</Text>
        <Group gap="md">
          {onRetry === undefined ? null : (
            <Button size="xs" variant="default" leftSection={<Icon name="refresh" size={14} />} onClick={onRetry}>
              {t.retry}
            </Button>
          )}
          {requestId === undefined ? null : (
            <Text size="xs" c="dimmed" ff="monospace">
              {t.requestId(requestId)}
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
