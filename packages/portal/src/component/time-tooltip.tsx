import { Tooltip } from '@mantine/core';
import { type ReactElement, useEffect } from 'react';
import { useLocale } from '../i18n/use-locale.ts';

/** A time in full, here and in UTC, beside what names it; Escape takes it away (WCAG 2.2, 1.4.13). */
export function TimeTooltip({
  id,
  time,
  target,
  isOpen,
  onClose,
}: {
  /** By which the target says that it is described here. */
  readonly id: string;
  readonly time: string;
  readonly target: HTMLElement;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const locale = useLocale();
  const date = new Date(time);
  useEffect(() => {
    if (!isOpen) return;
    const closeOnEscape = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') onClose();
    };
    document.addEventListener('keydown', closeOnEscape);
    return () => document.removeEventListener('keydown', closeOnEscape);
  }, [isOpen, onClose]);
  return (
    <Tooltip
      target={target}
      opened={isOpen}
      label={
        <span id={id}>
          {date.toLocaleString(locale, { dateStyle: 'long', timeStyle: 'long' })}
          <br />
          {date.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })} UTC
        </span>
      }
    />
  );
}
