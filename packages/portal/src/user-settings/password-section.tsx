import { Button, Group, Stack } from '@mantine/core';
import type { ReactElement } from 'react';
import { change } from '../api/api.ts';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { Section } from '../component/section.tsx';
import { useApiForm } from '../component/use-api-form.ts';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { userSettingsTexts } from './texts.ts';

const empty = { old_password: '', new_password: '' };

/** Changes the reader's password. */
export function PasswordSection(): ReactElement {
  const { password: t } = useTexts(userSettingsTexts);
  const save = useChange({
    change: (values: typeof empty) => change('PATCH', '/api/v1/user/password', values),
    done: () => t.done,
    invalidates: [['user']],
    showsFailure: true,
  });
  const form = useApiForm({
    initial: empty,
    send: async (values) => {
      await save.mutateAsync(values);
      form.set(empty);
    },
  });
  return (
    <Section id="password" title={t.title} description={t.description}>
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md" maw="28rem">
          <PasswordField {...form.field('old_password')} label={t.old} autoComplete="current-password" />
          <PasswordField
            {...form.field('new_password')}
            label={t.fresh}
            description={t.freshHint}
            autoComplete="new-password"
          />
          {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
          <Group>
            <Button type="submit" loading={form.isSending}>
              {t.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
