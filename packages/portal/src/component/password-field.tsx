import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { componentTexts } from './texts.ts';

/** A field for a password, which can be looked at. What is typed is sent as it is, spaces included. */
export function PasswordField(props: PasswordInputProps): ReactElement {
  const t = useTexts(componentTexts);
  return (
    <PasswordInput
      spellCheck={false}
      visibilityToggleButtonProps={{ 'aria-label': t.showPassword, tabIndex: 0 }}
      {...props}
    />
  );
}
