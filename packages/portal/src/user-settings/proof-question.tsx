import { Button, Stack, Text, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { DialogActions } from '../component/dialog-actions.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { componentTexts } from '../component/texts.ts';
import { useApiForm } from '../component/use-api-form.ts';
import { useTexts } from '../i18n/texts.ts';
import type { FactorProof } from './factor-call.ts';
import { userSettingsTexts } from './texts.ts';

/** Asks for the reader's password before something that their second factors depend on; for a code where it takes one too. */
export function ProofQuestion({
  onProof,
  onCancel,
}: {
  /** Goes on with it; what it throws is shown. */
  readonly onProof: (proof: FactorProof) => Promise<void>;
  readonly onCancel: () => void;
}): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  const { cancel } = useTexts(componentTexts);
  const [asksCode, setAsksCode] = useState(false);
  const form = useApiForm({
    initial: { password: '', code: '' },
    send: async ({ password, code }) => {
      try {
        await onProof(asksCode ? { password, code } : { password });
      } catch (error) {
        if (asksCode || !isApiError(error, 'NotAllowed')) throw error;
        setAsksCode(true);
      }
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate>
      <Stack gap="md">
        {asksCode ? <Text size="sm">{t.codeToo}</Text> : null}
        <PasswordField
          {...form.field('password')}
          label={t.password}
          description={t.passwordHint}
          autoComplete="current-password"
          data-autofocus
        />
        {asksCode ? (
          <TextInput {...form.field('code')} label={t.code} autoComplete="one-time-code" spellCheck={false} />
        ) : null}
        {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
        <DialogActions>
          <Button variant="default" onClick={onCancel} disabled={form.isSending}>
            {cancel}
          </Button>
          <BusyButton type="submit" isBusy={form.isSending}>
            {t.goOn}
          </BusyButton>
        </DialogActions>
      </Stack>
    </form>
  );
}
