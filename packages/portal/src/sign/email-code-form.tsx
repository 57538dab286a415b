import { Anchor, Stack, Text } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { send } from '../api/send.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { formatCountdown } from '../i18n/relative-time.ts';
import { useTexts } from '../i18n/texts.ts';
import { CodeForm } from '../second-factor/code-form.tsx';
import { factorTypeIds } from '../second-factor/factor-type.ts';
import type { SecondStepProps } from './second-step-props.ts';
import { signTexts } from './texts.ts';
import { useSecondsLeft } from './use-seconds-left.ts';

/** How long the server lets nobody ask for another code, in seconds. */
const resendSeconds = 60;

/** When a code was sent, and from when on another may be. */
interface Sent {
  readonly isNew: boolean;
  readonly againAt: number;
}

/** Has a code mailed, and asks for it. */
export function EmailCodeForm({ step, take, orSendBack, trust }: SecondStepProps): ReactElement {
  const t = useTexts(signTexts);

  const [sent, setSent] = useState<Sent>();
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const mail = async (): Promise<void> => {
    setSending(true);
    setFailure(undefined);
    const body = { mfa_token: step.mfaToken, type: { id: factorTypeIds.email_code } };
    try {
      await orSendBack(send({ method: 'POST', path: '/api/v1/authenticate/challenge', body }));
      setSent({ isNew: true, againAt: Date.now() + resendSeconds * 1000 });
    } catch (error) {
      // Within the minute the code before is still good; what waits longer is a lock.
      const seconds = isApiError(error, 'TooManyRequests') ? error.retryAfterSeconds : undefined;
      if (seconds === undefined || seconds > resendSeconds) setFailure(error);
      else setSent({ isNew: false, againAt: Date.now() + seconds * 1000 });
    } finally {
      setSending(false);
    }
  };
  if (sent === undefined) {
    return (
      <Stack gap="md">
        <Text>{t.emailOffer(step.username)}</Text>
        {failure === undefined ? null : <ErrorPanel error={failure} />}
        <BusyButton onClick={() => void mail()} isBusy={isSending} fullWidth data-autofocus>
          {t.emailSend}
        </BusyButton>
      </Stack>
    );
  }
  return (
    <CodeForm
      onCode={(code) => take({ code })}
      label={t.emailLabel}
      digits={6}
      hint={sent.isNew ? t.emailSent(step.username) : t.emailWaiting}
    >
      {trust}
      {failure === undefined ? null : <ErrorPanel error={failure} />}
      <SendAgain key={sent.againAt} againAt={sent.againAt} isSending={isSending} onSend={() => void mail()} />
    </CodeForm>
  );
}

function SendAgain({
  againAt,
  isSending,
  onSend,
}: {
  readonly againAt: number;
  readonly isSending: boolean;
  readonly onSend: () => void;
}): ReactElement {
  const t = useTexts(signTexts);
  const seconds = useSecondsLeft(againAt);
  if (seconds > 0) {
    return (
      <Text size="sm" c="dimmed">
        {t.emailAgainIn(formatCountdown(seconds))}
      </Text>
    );
  }
  return (
    <Anchor component="button" type="button" size="sm" disabled={isSending} onClick={onSend} ta="start">
      {t.emailAgain}
    </Anchor>
  );
}
