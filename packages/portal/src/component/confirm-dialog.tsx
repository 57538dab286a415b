import { Button, Stack, Text } from '@mantine/core';
import { type ReactElement, type ReactNode, useState } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { BusyButton } from './busy-button.tsx';
import { Dialog } from './dialog.tsx';
import { DialogActions } from './dialog-actions.tsx';
import { ErrorPanel } from './error-panel.tsx';
import { componentTexts } from './texts.ts';

/** Asks before something happens that cannot be taken back; the title and the button name the thing and the deed. */
export function ConfirmDialog({
  isOpen,
  onClose,
  title,
  children,
  confirmLabel,
  onConfirm,
  isDanger = true,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  readonly confirmLabel: string;
  /** The dialogue stays open while it runs, and shows what it throws. */
  readonly onConfirm: () => Promise<unknown>;
  readonly isDanger?: boolean;
}): ReactElement {
  const t = useTexts(componentTexts);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const close = (): void => {
    if (isBusy) return;
    setError(undefined);
    onClose();
  };
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog isOpen={isOpen} onClose={close} title={title}>
      <Stack gap="md">
        <Text component="div">{children}</Text>
        {error === undefined ? null : <ErrorPanel error={error} />}
        <DialogActions>
          <Button variant="default" onClick={close} disabled={isBusy} data-autofocus>
            {t.cancel}
          </Button>
          <BusyButton {...(isDanger ? { color: 'red' } : {})} isBusy={isBusy} onClick={() => void confirm()}>
            {confirmLabel}
          </BusyButton>
        </DialogActions>
      </Stack>
    </Dialog>
  );
}
