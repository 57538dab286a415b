import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon } from '../component/icon.tsx';
import { useTexts } from '../i18n/texts.ts';
import { SignFrame } from '../sign/sign-frame.tsx';
import { SignLink } from '../sign/sign-link.tsx';
import { ActivationForm } from './activation-form.tsx';
import { activationKey } from './activation-key.ts';
import { previewQuery } from './activation-preview.ts';
import { activationTexts } from './texts.ts';

/** What the link of a mail leads to: it activates, invites, confirms or resets. */
export function ActivationPage(): ReactElement {
  return activationKey === undefined ? <BadLink /> : <Activation activationKey={activationKey} />;
}

function Activation({ activationKey: key }: { readonly activationKey: string }): ReactElement {
  const t = useTexts(activationTexts);
  const { data: preview, error, refetch } = useQuery(previewQuery(key));
  const [isDone, setDone] = useState(false);
  const [isUsedUp, setUsedUp] = useState(false);
  if (isUsedUp || isApiError(error, 'BadRequest', 'InputValidationFailed')) return <BadLink />;
  if (preview === undefined) {
    return (
      <SignFrame title={t.pending}>
        {error === null ? <Skeleton height={120} /> : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      </SignFrame>
    );
  }
  if (isDone) return <Done username={preview.username} />;
  return (
    <ActivationForm
      activationKey={key}
      preview={preview}
      onDone={() => setDone(true)}
      onUsedUp={() => setUsedUp(true)}
    />
  );
}

function Done({ username }: { readonly username: string }): ReactElement {
  const t = useTexts(activationTexts);
  return (
    <SignFrame title={t.doneTitle}>
      <Text role="status">{t.doneText}</Text>
      <Button fullWidth renderRoot={(props) => <Link to="/sign" state={{ username }} {...props} />}>
        {t.signIn}
      </Button>
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
        <Text c="dimmed">{t.newInvitation}</Text>
      </Stack>
    </SignFrame>
  );
}
