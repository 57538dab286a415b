import { Button, Stack, TextInput } from '@mantine/core';
import { type ChangeEvent, type ReactElement, type ReactNode, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { ErrorPanel } from '../component/error-panel.tsx';
import { useTexts } from '../i18n/texts.ts';
import classes from './code-form.module.css';
import type { SecondStepProps } from './second-step-props.ts';
import { signTexts } from './texts.ts';
import { useInitialFocus } from './use-initial-focus.ts';

/** Asks for a code. One of a known length is sent as soon as it is complete. */
export function CodeForm({
  take,
  trust,
  label,
  hint,
  digits,
  children,
}: SecondStepProps & {
  readonly label: string;
  readonly hint?: string;
  /** How many digits the code has; undefined where it is of another kind. */
  readonly digits?: number;
  readonly children?: ReactNode;
}): ReactElement {
  const t = useTexts(signTexts);
  const focus = useInitialFocus<HTMLInputElement>();
  const [code, setCode] = useState('');
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const send = async (text: string): Promise<void> => {
    if (isSending || text.trim() === '') return;
    setSending(true);
    setFailure(undefined);
    try {
      await take({ code: text.trim() });
    } catch (error) {
      setFailure(error);
      if (isApiError(error, 'InvalidCredentials')) setCode('');
    } finally {
      setSending(false);
      focus.current?.focus();
    }
  };
  const change = ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => {
    const text = digits === undefined ? currentTarget.value : onlyDigits(currentTarget.value, digits);
    setCode(text);
    setFailure(undefined);
    if (digits !== undefined && text.length === digits && text !== code) void send(text);
  };
  const isWrong = isApiError(failure, 'InvalidCredentials');
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
          ref={focus}
          label={label}
          {...(hint === undefined ? {} : { description: hint })}
          error={isWrong ? t.wrongCode : undefined}
          value={code}
          onChange={change}
          inputMode={digits === undefined ? 'text' : 'numeric'}
          autoComplete={digits === undefined ? 'off' : 'one-time-code'}
          autoCapitalize="none"
          spellCheck={false}
          classNames={{ input: digits === undefined ? '' : (classes.digits ?? '') }}
        />
        {children}
        {trust}
        {failure === undefined || isWrong ? null : <ErrorPanel error={failure} />}
        <Button type="submit" loading={isSending} fullWidth>
          {t.verify}
        </Button>
      </Stack>
    </form>
  );
}

function onlyDigits(text: string, count: number): string {
  return text.replace(/\D/g, '').slice(0, count);
}
