import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithRef, ReactElement } from 'react';

/**
 * A button that says while what it has set off is on its way, and ignores being pressed meanwhile. It is not disabled then:
 * that would take the focus from who works by keyboard.
 */
export function BusyButton({
  isBusy,
  ...props
}: Omit<ButtonProps, 'loading' | 'disabled'> &
  Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps> & { readonly isBusy: boolean }): ReactElement {
  return (
    <Button
      {...props}
      loading={isBusy}
      renderRoot={(given) => (
        <button
          {...given}
          disabled={false}
          aria-disabled={isBusy || undefined}
          onClick={isBusy ? (event) => event.preventDefault() : given['onClick']}
        />
      )}
    />
  );
}
