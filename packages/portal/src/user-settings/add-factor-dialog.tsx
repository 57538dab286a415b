import type { CreatedMfaKey, MfaKeyResource } from '@keywright/contract';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { Dialog } from '../component/dialog.tsx';
import { toastSuccess } from '../component/toast.ts';
import { useTexts } from '../i18n/texts.ts';
import { FactorSetup, type FirstProof } from '../second-factor/factor-setup.tsx';
import type { FactorKind } from '../second-factor/factor-type.ts';
import { secondFactorTexts } from '../second-factor/texts.ts';
import { activateFactor, beginFactor, createRecoveryCodes } from './factor-call.ts';
import { ProofQuestion } from './proof-question.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { userSettingsTexts } from './texts.ts';

type Step =
  | { readonly kind: 'password' }
  | { readonly kind: 'setup'; readonly factor: CreatedMfaKey; readonly password: string }
  | { readonly kind: 'codes'; readonly codes: readonly string[] };

/** Adds a second factor: the password, its first proof, and with the first one recovery codes. */
export function AddFactorDialog({
  kind,
  pending,
  isFirst,
  onClose,
}: {
  readonly kind: FactorKind;
  readonly pending: MfaKeyResource | undefined;
  readonly isFirst: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  const { ways } = useTexts(secondFactorTexts);
  const client = useQueryClient();
  const [step, setStep] = useState<Step>({ kind: 'password' });
  // What has become of the list while the dialogue was open changes nothing here.
  const [wantsCodes] = useState(isFirst);
  const confirm = async (factor: CreatedMfaKey, password: string, proof: FirstProof): Promise<void> => {
    await activateFactor(factor.id, proof);
    toastSuccess(t.added(ways[kind]));
    const codes = wantsCodes ? await createRecoveryCodes({ password }) : undefined;
    if (codes === undefined) onClose();
    else setStep({ kind: 'codes', codes });
    await client.invalidateQueries({ queryKey: ['user'] });
  };
  return (
    <Dialog
      onClose={() => {
        onClose();
        void client.invalidateQueries({ queryKey: ['user'] });
      }}
      title={step.kind === 'codes' ? t.recoveryTitle : t.adding(ways[kind])}
      holdsWork={step.kind !== 'password'}
    >
      {step.kind === 'password' ? (
        <ProofQuestion
          onProof={async (proof) => {
            const factor = await beginFactor(kind, proof, pending?.id);
            setStep({ kind: 'setup', factor, password: proof.password });
          }}
          onCancel={onClose}
        />
      ) : null}
      {step.kind === 'setup' ? (
        <FactorSetup factor={step.factor} onProof={(proof) => confirm(step.factor, step.password, proof)} />
      ) : null}
      {step.kind === 'codes' ? <RecoveryCodes codes={step.codes} onDone={onClose} /> : null}
    </Dialog>
  );
}
