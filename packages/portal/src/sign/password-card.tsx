import { Alert, Anchor, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useRef } from 'react';
import { isApiError } from '../api/api-error.ts';
import { settingsQuery } from '../api/portal-settings.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon } from '../component/icon.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { useApiForm } from '../component/use-api-form.ts';
import { useTexts } from '../i18n/texts.ts';
import { deviceFingerprint } from '../session/device-fingerprint.ts';
import { type SecondFactorQuestion, sessionStore, signIn } from '../session/session.ts';
import { useStore } from '../store/store.ts';
import { SignFrame } from './sign-frame.tsx';
import { SignLink } from './sign-link.tsx';
import type { Hindrance } from './step.ts';
import { signTexts } from './texts.ts';

/** The first step: who, and the password. */
export function PasswordCard({
  username,
  hindrance,
  onQuestion,
  onLocked,
}: {
  readonly username: string;
  readonly hindrance: Hindrance | undefined;
  readonly onQuestion: (question: SecondFactorQuestion, given: { username: string; password: string }) => void;
  readonly onLocked: (username: string, seconds: number) => void;
}): ReactElement {
  const t = useTexts(signTexts);
  const { data: settings } = useQuery(settingsQuery);
  const form = useApiForm({
    initial: { username, password: '' },
    send: async (values) => {
      try {
        const question = await signIn({ ...values, fingerprint: deviceFingerprint() });
        if (question !== undefined) onQuestion(question, values);
      } catch (error) {
        if (!isApiError(error, 'TooManyRequests')) throw error;
        onLocked(values.username, error.retryAfterSeconds ?? 1);
      }
    },
  });
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: where somebody begins, not where they go on
  useEffect(() => (username === '' ? first : second).current?.focus(), []);
  const isWrong = isApiError(form.failure, 'InvalidCredentials');
  useEffect(() => {
    if (isWrong) second.current?.select();
  }, [isWrong]);
  return (
    <SignFrame
      title={t.signInTitle}
      below={settings?.sign_up === 'open' && !settings.setup_due ? <SignUpOffer /> : null}
    >
      {settings?.is_secure === false ? (
        <Alert color="yellow" icon={<Icon name="warning" />}>
          {t.secureOnly}
        </Alert>
      ) : null}
      {settings?.setup_due === true ? <SetupDue /> : <Occasion hindrance={hindrance} />}
      <form onSubmit={form.onSubmit} onChange={() => form.clearFailure()} noValidate>
        <Stack gap="md">
          <TextInput
            {...form.field('username')}
            ref={first}
            label={t.username}
            name="username"
            inputMode="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
          />
          <PasswordField
            {...form.field('password')}
            ref={second}
            label={t.password}
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
          />
          {isWrong ? <WrongCredentials /> : null}
          {form.failure === undefined || isWrong ? null : <ErrorPanel error={form.failure} />}
          <BusyButton type="submit" isBusy={form.isSending} fullWidth>
            {t.signIn}
          </BusyButton>
          <Group justify="center">
            <SignLink view="forgotten-password">{t.forgotten}</SignLink>
          </Group>
        </Stack>
      </form>
    </SignFrame>
  );
}

function SignUpOffer(): ReactElement {
  const t = useTexts(signTexts);
  return (
    <>
      {t.noAccount}{' '}
      <SignLink view="sign-up" isInText>
        {t.signUp}
      </SignLink>
    </>
  );
}

function WrongCredentials(): ReactElement {
  const t = useTexts(signTexts);
  return (
    <Alert color="red" icon={<Icon name="warning" />} role="alert">
      <Text size="sm">{t.wrongCredentials}</Text>
      <SignLink view="activation-mail">
        <Text size="sm" component="span">
          {t.notActivated}
        </Text>
      </SignLink>
    </Alert>
  );
}

function SetupDue(): ReactElement {
  const t = useTexts(signTexts);
  return (
    <Alert icon={<Icon name="info" />} title={t.setupDue}>
      <Text size="sm" mb={4}>
        {t.setupDueHint}
      </Text>
      <Anchor href="/setup" size="sm">
        {t.setUp}
      </Anchor>
    </Alert>
  );
}

/** Why somebody is here who was not on the way to the sign-in. */
function Occasion({ hindrance }: { readonly hindrance: Hindrance | undefined }): ReactElement | null {
  const t = useTexts(signTexts);
  const session = useStore(sessionStore);
  const reason = session.status === 'signed-out' ? session.reason : 'none';
  const text = { ended: t.ended, 'signed-out': t.signedOut, none: undefined }[reason];
  const shown = hindrance === undefined ? text : { 'start-again': t.startAgain, unlocked: t.unlocked }[hindrance];
  return shown === undefined ? null : (
    <Alert color={hindrance === 'start-again' ? 'yellow' : 'petrol'} icon={<Icon name="info" />} role="status">
      {shown}
    </Alert>
  );
}
