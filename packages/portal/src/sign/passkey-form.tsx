import type { AuthenticationCredential, PasskeyRequestOptions } from '@keywright/contract';
import { Alert, Button, Stack, Text } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { send } from '../api/send.ts';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon } from '../component/icon.tsx';
import { useTexts } from '../i18n/texts.ts';
import type { SecondStepProps } from './second-step-props.ts';
import { signTexts } from './texts.ts';
import { useInitialFocus } from './use-initial-focus.ts';

/** The type of second factor that a passkey is (contract §5). */
const passkeyType = 2;

/** Lets a passkey sign the server's challenge. */
export function PasskeyForm({ step, take, orSendBack, trust }: SecondStepProps): ReactElement {
  const t = useTexts(signTexts);
  const focus = useInitialFocus<HTMLButtonElement>();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [failure, setFailure] = useState<unknown>();
  const use = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    setFailure(undefined);
    try {
      const credential = await orSendBack(askPasskey(step.mfaToken));
      if (credential !== undefined) await take({ credential });
    } catch (error) {
      if (isApiError(error, 'InvalidCredentials')) setProblem(t.passkeyRefused);
      else if (error instanceof PasskeyError) setProblem(t.passkeyFailed);
      else setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  if (typeof window.PublicKeyCredential !== 'function') return <Text>{t.passkeyUnsupported}</Text>;
  return (
    <Stack gap="md">
      <Text>{t.passkeyText}</Text>
      {trust}
      {problem === undefined ? null : (
        <Alert color="red" icon={<Icon name="warning" />} role="alert">
          {problem}
        </Alert>
      )}
      {failure === undefined ? null : <ErrorPanel error={failure} />}
      <Button
        ref={focus}
        leftSection={<Icon name="fingerprint" />}
        loading={isBusy}
        onClick={() => void use()}
        fullWidth
      >
        {t.passkeyUse}
      </Button>
    </Stack>
  );
}

/** The browser has not used a passkey: the reader cancelled, or there is none here. */
class PasskeyError extends Error {
  override readonly name = 'PasskeyError';
}

async function askPasskey(mfaToken: string): Promise<AuthenticationCredential> {
  const body = { mfa_token: mfaToken, type: { id: passkeyType } };
  const answer = await send({ method: 'POST', path: '/api/v1/authenticate/challenge', body });
  const optionsJSON: PasskeyRequestOptions = await answer.json();
  const { startAuthentication } = await import('@simplewebauthn/browser');
  try {
    // The browser's types name the words that our contract leaves as texts.
    const options = { optionsJSON } as Parameters<typeof startAuthentication>[0];
    return await startAuthentication(options);
  } catch (error) {
    throw new PasskeyError('no passkey was used', { cause: error });
  }
}
