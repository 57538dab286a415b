import { type ReactElement, useState } from 'react';
import { Dialog } from '../component/dialog.tsx';
import { useTexts } from '../i18n/texts.ts';
import { createRecoveryCodes } from './factor-call.ts';
import { ProofQuestion } from './proof-question.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { userSettingsTexts } from './texts.ts';

/** Makes new recovery codes in the place of the old ones. */
export function RecoveryCodesDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <Dialog
      onClose={onClose}
      title={codes === undefined ? t.recoveryNew : t.recoveryTitle}
      holdsWork={codes !== undefined}
    >
      {codes === undefined ? (
        <ProofQuestion onProof={async (proof) => setCodes(await createRecoveryCodes(proof))} onCancel={onClose} />
      ) : (
        <RecoveryCodes codes={codes} onDone={onClose} />
      )}
    </Dialog>
  );
}
