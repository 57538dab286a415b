import { Button, type ButtonProps } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { Icon } from './icon.tsx';
import { componentTexts } from './texts.ts';
import { toastWarning } from './toast.ts';

const shownMs = 2000;

/** Copies a text, and says that it did. */
export function CopyButton({
  text,
  label,
  ...props
}: ButtonProps & { readonly text: string; readonly label?: string }): ReactElement {
  const t = useTexts(componentTexts);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toastWarning(t.copyFailed);
    }
  };
  return (
    <Button
      leftSection={<Icon name={isCopied ? 'check' : 'copy'} size={16} />}
      {...props}
      onClick={() => void copy()}
      aria-live="polite"
    >
      {isCopied ? t.copied : (label ?? t.copy)}
    </Button>
  );
}
