import { Alert, Button, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { changePublicly } from '../api/api.ts';
import { isApiError } from '../api/api-error.ts';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon } from '../component/icon.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { useApiForm } from '../component/use-api-form.ts';
import { useInitialFocus } from '../component/use-initial-focus.ts';
import { useTexts } from '../i18n/texts.ts';
import { SignFrame } from '../sign/sign-frame.tsx';
import { SignLink } from '../sign/sign-link.tsx';
import { activationKey } from './activation-key.ts';
import { activationTexts } from './texts.ts';

/** What the link of a mail leads to: it activates, invites, confirms or resets. */
export function ActivationPage(): ReactElement {
  const t = useTexts(activationTexts);
  const [isDone, setDone] = useState(false);
  if (isDone) {
    return (
      <SignFrame title={t.doneTitle}>
        <Stack gap="md">
          <Text role="status">{t.doneText}</Text>
          <Button component={Link} to="/sign" fullWidth>
            {t.signIn}
          </Button>
        </Stack>
      </SignFrame>
    );
  }
  return activationKey === undefined ? (
    <BadLink />
  ) : (
    <ActivationForm key={activationKey} activationKey={activationKey} onDone={() => setDone(true)} />
  );
}

function ActivationForm({
  activationKey: key,
  onDone,
}: {
  readonly activationKey: string;
  readonly onDone: () => void;
}): ReactElement {
  const t = useTexts(activationTexts);
  const focus = useInitialFocus<HTMLInputElement>();
  const form = useApiForm({
    initial: { password: '' },
    send: async ({ password }) => {
      // Whoever has a password and keeps it sends none; where one is needed the server says so.
      await changePublicly('/api/v2/user/activation', { activationKey: key, ...(password === '' ? {} : { password }) });
      onDone();
    },
  });
  if (isApiError(form.failure, 'Forbidden')) return <BadLink />;
  return (
    <SignFrame title={t.title} lead={t.lead}>
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          <PasswordField
            {...form.field('password')}
            ref={focus}
            label={t.password}
            description={t.passwordHint}
            name="password"
            autoComplete="new-password"
          />
          {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
          <Button type="submit" loading={form.isSending} fullWidth>
            {t.send}
          </Button>
          <Text size="sm" c="dimmed">
            {t.keepHint}
          </Text>
        </Stack>
      </form>
    </SignFrame>
  );
}

/** The link is used up, too old or cut short; the ways to a new one. */
function BadLink(): ReactElement {
  const t = useTexts(activationTexts);
  return (
    <SignFrame title={t.badTitle} below={<SignLink>{t.signIn}</SignLink>}>
      <Alert color="yellow" icon={<Icon name="warning" />} role="alert">
        {t.badText}
      </Alert>
      <Stack gap="xs">
        <Text>{t.badWays}</Text>
        <SignLink view="forgotten-password">{t.newReset}</SignLink>
        <SignLink view="activation-mail">{t.newActivation}</SignLink>
        <Text size="sm" c="dimmed">
          {t.newInvitation}
        </Text>
      </Stack>
    </SignFrame>
  );
}
