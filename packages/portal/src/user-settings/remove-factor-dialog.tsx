import type { MfaKeyResource } from '@keywright/contract';
import { Button, Stack, Text, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { Dialog } from '../component/dialog.tsx';
import { DialogActions } from '../component/dialog-actions.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { componentTexts } from '../component/texts.ts';
import { useApiForm } from '../component/use-api-form.ts';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import type { FactorKind } from '../second-factor/factor-type.ts';
import { secondFactorTexts } from '../second-factor/texts.ts';
import { removeFactor } from './factor-call.ts';
import { userSettingsTexts } from './texts.ts';

/** Removes a second factor; where the last sign-in is too long ago, with a proof. */
export function RemoveFactorDialog({
  kind,
  factor,
  onClose,
}: {
  readonly kind: FactorKind;
  readonly factor: MfaKeyResource;
  readonly onClose: () => void;
}): ReactElement {
  const { factors: t } = useTexts(userSettingsTexts);
  const { ways } = useTexts(secondFactorTexts);
  const { cancel } = useTexts(componentTexts);
  const [asksProof, setAsksProof] = useState(false);
  const remove = useChange({
    change: (proof: { password: string; code: string }) => removeFactor(factor.id, asksProof ? proof : undefined),
    done: () => t.removed(ways[kind]),
    invalidates: [['user']],
    onSuccess: onClose,
    showsFailure: true,
  });
  const form = useApiForm({
    initial: { password: '', code: '' },
    send: async (proof) => {
      try {
        await remove.mutateAsync(proof);
      } catch (error) {
        if (asksProof || !isApiError(error, 'NotAllowed')) throw error;
        setAsksProof(true);
      }
    },
  });
  return (
    <Dialog onClose={onClose} title={t.removeTitle(ways[kind])}>
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          <Text size="sm">{asksProof ? t.removeProof : t.removeHint}</Text>
          {asksProof ? (
            <>
              <PasswordField {...form.field('password')} label={t.password} autoComplete="current-password" />
              <TextInput {...form.field('code')} label={t.code} autoComplete="one-time-code" spellCheck={false} />
            </>
          ) : null}
          {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
          <DialogActions>
            <Button variant="default" onClick={onClose} disabled={form.isSending} data-autofocus>
              {cancel}
            </Button>
            <BusyButton type="submit" color="red" isBusy={form.isSending}>
              {t.remove}
            </BusyButton>
          </DialogActions>
        </Stack>
      </form>
    </Dialog>
  );
}
