import { Alert, Stack, Text } from '@mantine/core';
import { type ReactElement, type ReactNode, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon } from '../component/icon.tsx';
import { useInitialFocus } from '../component/use-initial-focus.ts';
import { useTexts } from '../i18n/texts.ts';
import { hasPasskeys, PasskeyError } from './passkey.ts';
import { secondFactorTexts } from './texts.ts';

/** Makes or uses a passkey at a press of the button, since browsers do it at nothing less, and says what went wrong. */
export function PasskeyButton({
  purpose,
  onPress,
  children,
}: {
  readonly purpose: 'create' | 'use';
  /** What it throws is shown: a PasskeyError, or what the server says. */
  readonly onPress: () => Promise<void>;
  readonly children?: ReactNode;
}): ReactElement {
  const t = useTexts(secondFactorTexts);
  const focus = useInitialFocus<HTMLButtonElement>();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const press = async (): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    try {
      await onPress();
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  if (!hasPasskeys()) return <Text>{t.passkeyUnsupported}</Text>;
  return (
    <Stack gap="md">
      <Text>{t.passkeyText}</Text>
      {children}
      <Failure failure={failure} purpose={purpose} />
      <BusyButton
        ref={focus}
        leftSection={<Icon name="fingerprint" />}
        isBusy={isBusy}
        onClick={() => void press()}
        fullWidth
      >
        {purpose === 'use' ? t.passkeyUse : t.passkeyCreate}
      </BusyButton>
    </Stack>
  );
}

function Failure({ failure, purpose }: { readonly failure: unknown; readonly purpose: 'create' | 'use' }) {
  const t = useTexts(secondFactorTexts);
  if (failure === undefined) return null;
  const isRefused = isApiError(failure, 'InvalidCredentials', 'InputValidationFailed');
  if (!isRefused && !(failure instanceof PasskeyError)) return <ErrorPanel error={failure} />;
  const cancelled = purpose === 'use' ? t.passkeyFailed : t.passkeyNotMade;
  return (
    <Alert color="red" icon={<Icon name="warning" />} role="alert">
      {isRefused ? t.passkeyRefused : cancelled}
    </Alert>
  );
}
