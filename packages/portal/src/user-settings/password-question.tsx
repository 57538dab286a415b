import { Button, Stack } from '@mantine/core';
import type { ReactElement } from 'react';
import { DialogActions } from '../component/dialog-actions.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { componentTexts } from '../component/texts.ts';
import { useApiForm } from '../component/use-api-form.ts';
import { useTexts } from '../i18n/texts.ts';
import { userSettingsTexts } from './texts.ts';

/** Asks for the reader's password before something that their second factors depend on. */
export function PasswordQuestion({
  onPassword,
  onCancel,
}: {
  /** Goes on with it; what it throws is shown. */
  readonly onPassword: (password: string) => Promise<void>;
  readonly onCancel: () => void;
}): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  const { cancel } = useTexts(componentTexts);
  const form = useApiForm({ initial: { password: '' }, send: ({ password }) => onPassword(password) });
  return (
    <form onSubmit={form.onSubmit} noValidate>
      <Stack gap="md">
        <PasswordField
          {...form.field('password')}
          label={t.password}
          description={t.passwordHint}
          autoComplete="current-password"
          data-autofocus
        />
        {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
        <DialogActions>
          <Button variant="default" onClick={onCancel} disabled={form.isSending}>
            {cancel}
          </Button>
          <Button type="submit" loading={form.isSending}>
            {t.goOn}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
}
