import { Stack, TextInput } from '@mantine/core';
import { type ChangeEvent, type ReactElement, type ReactNode, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { useInitialFocus } from '../component/use-initial-focus.ts';
import { useTexts } from '../i18n/texts.ts';
import classes from './code-form.module.css';
import { secondFactorTexts } from './texts.ts';

/** Asks for a code. One of a known length is sent as soon as it is complete. */
export function CodeForm({
  onCode,
  label,
  hint,
  digits,
  children,
}: {
  /** Does with a code what it is for; what it throws is shown. */
  readonly onCode: (code: string) => Promise<void>;
  readonly label: string;
  readonly hint?: string | undefined;
  /** How many digits the code has; undefined where it is of another kind. */
  readonly digits?: number;
  /** Between the field and the button. */
  readonly children?: ReactNode;
}): ReactElement {
  const t = useTexts(secondFactorTexts);
  const focus = useInitialFocus<HTMLInputElement>();
  const [code, setCode] = useState('');
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const isWrong = isApiError(failure, 'InvalidCredentials', 'InputValidationFailed');
  const send = async (text: string): Promise<void> => {
    if (isSending || text.trim() === '') return;
    setSending(true);
    setFailure(undefined);
    try {
      await onCode(text.trim());
    } catch (error) {
      setFailure(error);
      setCode('');
    } finally {
      setSending(false);
      focus.current?.focus();
    }
  };
  const change = ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => {
    const text = digits === undefined ? currentTarget.value : onlyDigits(currentTarget.value, digits);
    setCode(text);
    setFailure(undefined);
    if (text.length === digits && text !== code) void send(text);
  };
  const kind = digits === undefined ? textField : digitField;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send(code);
      }}
    >
      <Stack gap="md">
        <TextInput
          {...kind}
          ref={focus}
          label={label}
          description={hint}
          error={isWrong ? t.wrongCode : undefined}
          value={code}
          onChange={change}
          autoCapitalize="none"
          spellCheck={false}
        />
        {children}
        {failure === undefined || isWrong ? null : <ErrorPanel error={failure} />}
        <BusyButton type="submit" isBusy={isSending} fullWidth>
          {t.verify}
        </BusyButton>
      </Stack>
    </form>
  );
}

const textField = { inputMode: 'text', autoComplete: 'off' } as const;
const digitField = {
  inputMode: 'numeric',
  autoComplete: 'one-time-code',
  classNames: { input: classes['digits'] ?? '' },
} as const;

function onlyDigits(text: string, count: number): string {
  return text.replace(/\D/g, '').slice(0, count);
}
