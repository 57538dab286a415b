import { Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { changePublicly } from '../api/api.ts';
import { isApiError } from '../api/api-error.ts';
import { settingsQuery } from '../api/portal-settings.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { useApiForm } from '../component/use-api-form.ts';
import { useInitialFocus } from '../component/use-initial-focus.ts';
import { useTexts } from '../i18n/texts.ts';
import { MailSent } from './mail-card.tsx';
import { SignFrame } from './sign-frame.tsx';
import { SignLink } from './sign-link.tsx';
import { signTexts } from './texts.ts';

/** Makes an account with an organisation of its own, once the mail is confirmed. */
export function SignUpCard(): ReactElement {
  const t = useTexts(signTexts);
  const [sentTo, setSentTo] = useState<string>();
  const form = useApiForm({
    initial: { organisation: '', name: '', username: '', password: '' },
    send: async (values) => {
      await changePublicly('/api/v1/signup', values);
      setSentTo(values.username);
    },
  });
  const { data: settings } = useQuery(settingsQuery);
  const isClosed = settings !== undefined && settings.sign_up !== 'open';
  const focus = useInitialFocus<HTMLInputElement>();
  if (sentTo !== undefined) return <MailSent text={t.signUpSent(sentTo)} />;
  const below = (
    <>
      {t.haveAccount} <SignLink isInText>{t.signIn}</SignLink>
    </>
  );
  if (isClosed || isApiError(form.failure, 'Forbidden')) {
    return (
      <SignFrame title={t.signUpTitle} below={below}>
        {t.signUpClosed}
      </SignFrame>
    );
  }
  const common = { required: true, withAsterisk: false };
  return (
    <SignFrame title={t.signUpTitle} below={below}>
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          <TextInput
            {...form.field('organisation')}
            {...common}
            ref={focus}
            label={t.organisation}
            description={t.organisationHint}
            autoComplete="organization"
          />
          <TextInput {...form.field('name')} {...common} label={t.name} autoComplete="name" />
          <TextInput
            {...form.field('username')}
            {...common}
            label={t.username}
            inputMode="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
          <PasswordField
            {...form.field('password')}
            {...common}
            label={t.password}
            description={t.passwordHint}
            autoComplete="new-password"
          />
          {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
          <BusyButton type="submit" isBusy={form.isSending} fullWidth>
            {t.signUpSend}
          </BusyButton>
        </Stack>
      </form>
    </SignFrame>
  );
}
