import { Modal } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { useReturnFocus } from './return-focus.ts';
import { componentTexts } from './texts.ts';

/** What lies over the page until it is done or closed. The focus goes into it, and back to where it was. */
export function Dialog({
  title,
  onClose,
  isOpen = true,
  isWide = false,
  holdsWork = false,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly isOpen?: boolean;
  readonly isWide?: boolean;
  /** Whether something would be lost by a click beside it, such as a secret that nobody has copied. */
  readonly holdsWork?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const t = useTexts(componentTexts);
  useReturnFocus(isOpen);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      size={isWide ? 'lg' : 'md'}
      closeOnClickOutside={!holdsWork}
      closeButtonProps={{ 'aria-label': t.close }}
    >
      {children}
    </Modal>
  );
}
