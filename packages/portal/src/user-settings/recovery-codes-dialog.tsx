import { Modal } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { componentTexts } from '../component/texts.ts';
import { useTexts } from '../i18n/texts.ts';
import { createRecoveryCodes } from './factor-call.ts';
import { PasswordQuestion } from './password-question.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { userSettingsTexts } from './texts.ts';

/** Makes new recovery codes in the place of the old ones. */
export function RecoveryCodesDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  const { close } = useTexts(componentTexts);
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <Modal
      opened
      onClose={onClose}
      title={codes === undefined ? t.recoveryNew : t.recoveryTitle}
      closeOnClickOutside={codes === undefined}
      closeButtonProps={{ 'aria-label': close }}
    >
      {codes === undefined ? (
        <PasswordQuestion
          onPassword={async (password) => setCodes(await createRecoveryCodes(password))}
          onCancel={onClose}
        />
      ) : (
        <RecoveryCodes codes={codes} onDone={onClose} />
      )}
    </Modal>
  );
}
