import type { ActivationPreviewResource } from '@keywright/contract';
import { Stack } from '@mantine/core';
import type { ReactElement } from 'react';
import { changePublicly } from '../api/api.ts';
import { isApiError } from '../api/api-error.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { useApiForm } from '../component/use-api-form.ts';
import { useInitialFocus } from '../component/use-initial-focus.ts';
import { useTexts } from '../i18n/texts.ts';
import { SignFrame } from '../sign/sign-frame.tsx';
import { activationTexts } from './texts.ts';

/** Asks for what a key needs, a password or nothing but a word, and uses it. */
export function ActivationForm({
  activationKey,
  preview,
  onDone,
  onUsedUp,
}: {
  readonly activationKey: string;
  readonly preview: ActivationPreviewResource;
  readonly onDone: () => void;
  readonly onUsedUp: () => void;
}): ReactElement {
  const t = useTexts(activationTexts);
  const focus = useInitialFocus<HTMLInputElement>();
  const { title, text, submit } = t.purposes[preview.purpose];
  const form = useApiForm({
    initial: { password: '' },
    send: async ({ password }) => {
      // None is sent where the one that there is stays; where one is needed, the server says so.
      const body = { activationKey, ...(password === '' ? {} : { password }) };
      try {
        await changePublicly('/api/v2/user/activation', body);
        onDone();
      } catch (error) {
        if (!isApiError(error, 'Forbidden')) throw error;
        onUsedUp();
      }
    },
  });
  return (
    <SignFrame title={title} lead={text(preview.username)}>
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          {/* Password managers keep the password under this name. */}
          <input type="text" name="username" autoComplete="username" value={preview.username} readOnly hidden />
          {preview.password === 'never' ? null : (
            <PasswordField
              {...form.field('password')}
              ref={focus}
              label={t.passwords[preview.password].label}
              description={t.passwords[preview.password].hint}
              autoComplete={preview.password === 'present' ? 'current-password' : 'new-password'}
            />
          )}
          {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
          <BusyButton type="submit" isBusy={form.isSending} fullWidth>
            {submit}
          </BusyButton>
        </Stack>
      </form>
    </SignFrame>
  );
}
