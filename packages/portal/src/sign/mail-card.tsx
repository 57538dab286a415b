import { Stack, Text, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { changePublicly } from '../api/api.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon } from '../component/icon.tsx';
import { useApiForm } from '../component/use-api-form.ts';
import { useInitialFocus } from '../component/use-initial-focus.ts';
import { useTexts } from '../i18n/texts.ts';
import { SignFrame } from './sign-frame.tsx';
import { SignLink } from './sign-link.tsx';
import { signTexts } from './texts.ts';

const paths = { reset: '/api/v1/user/password_reset', activation: '/api/v1/user/activation_resend' } as const;

/** Has a mail sent, with a link for a new password or for the activation. Who exists is not told. */
export function MailCard({ kind }: { readonly kind: keyof typeof paths }): ReactElement {
  const t = useTexts(signTexts);
  const [sentTo, setSentTo] = useState<string>();
  const form = useApiForm({
    initial: { username: '' },
    send: async ({ username }) => {
      await changePublicly(paths[kind], { username });
      setSentTo(username);
    },
  });
  const focus = useInitialFocus<HTMLInputElement>();
  const isReset = kind === 'reset';
  if (sentTo !== undefined) return <MailSent text={(isReset ? t.resetSent : t.resendSent)(sentTo)} />;
  return (
    <SignFrame
      title={isReset ? t.resetTitle : t.resendTitle}
      lead={isReset ? t.resetText : t.resendText}
      below={<SignLink>{t.back}</SignLink>}
    >
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          <TextInput
            {...form.field('username')}
            ref={focus}
            label={t.username}
            name="username"
            inputMode="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
          />
          {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
          <BusyButton type="submit" isBusy={form.isSending} fullWidth>
            {t.resetSend}
          </BusyButton>
        </Stack>
      </form>
    </SignFrame>
  );
}

/** Sends the reader to their mail. */
export function MailSent({ text }: { readonly text: string }): ReactElement {
  const t = useTexts(signTexts);
  return (
    <SignFrame title={t.mailSentTitle} below={<SignLink>{t.back}</SignLink>}>
      <Stack gap="sm" align="center" ta="center">
        <Icon name="mail" size={32} />
        <Text role="status">{text}</Text>
        <Text size="sm" c="dimmed">
          {t.nothingArrived}
        </Text>
      </Stack>
    </SignFrame>
  );
}
