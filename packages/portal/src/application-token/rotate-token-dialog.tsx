import type { ApplicationTokenResource } from '@keywright/contract';
import { Button, NativeSelect, Stack, Text } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import { changeFor } from '../api/api.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { Dialog } from '../component/dialog.tsx';
import { DialogActions } from '../component/dialog-actions.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { ExactTime } from '../component/relative-time.tsx';
import { componentTexts } from '../component/texts.ts';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { tokenTexts } from './texts.ts';
import { tokenName } from './token-name.ts';
import { TokenSecret } from './token-secret.tsx';

type Overlap = '0' | '3600' | '86400' | '604800';

const overlaps: readonly Overlap[] = ['0', '3600', '86400', '604800'];

/** What a rotation came to. */
interface Rotated {
  readonly secret: string;
  /** When the secret before stops working; undefined where it has. */
  readonly until: string | undefined;
}

/** Gives an application token a new secret, and shows it once. */
export function RotateTokenDialog({
  token,
  onClose,
}: {
  readonly token: ApplicationTokenResource;
  readonly onClose: () => void;
}): ReactElement {
  const t = useTexts(tokenTexts);
  const [rotated, setRotated] = useState<Rotated>();
  return (
    <Dialog
      onClose={onClose}
      title={rotated === undefined ? t.rotation.title(tokenName(token, t)) : t.rotation.doneTitle}
      isWide
      holdsWork
    >
      {rotated === undefined ? (
        <RotationForm token={token} onRotated={setRotated} onCancel={onClose} />
      ) : (
        <TokenSecret secret={rotated.secret} onDone={onClose}>
          <Text size="sm">
            {rotated.until === undefined ? (
              t.rotation.stopped
            ) : (
              <>
                {t.rotation.worksUntil} <ExactTime time={rotated.until} />
              </>
            )}
          </Text>
        </TokenSecret>
      )}
    </Dialog>
  );
}

function RotationForm({
  token,
  onRotated,
  onCancel,
}: {
  readonly token: ApplicationTokenResource;
  readonly onRotated: (rotated: Rotated) => void;
  readonly onCancel: () => void;
}): ReactElement {
  const { rotation: t } = useTexts(tokenTexts);
  const { cancel } = useTexts(componentTexts);
  const [overlap, setOverlap] = useState<Overlap>('86400');
  const rotate = useChange({
    change: (seconds: number) =>
      changeFor<{ application_token: string }>('POST', `/api/v1/application_token/${token.id}/rotate`, {
        overlap_seconds: seconds,
      }),
    invalidates: [['application_token']],
    onSuccess: ({ application_token }, seconds) =>
      onRotated({
        secret: application_token,
        until: seconds === 0 ? undefined : new Date(Date.now() + seconds * 1000).toISOString(),
      }),
    showsFailure: true,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!rotate.isPending) rotate.mutate(Number(overlap));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text>{t.hint}</Text>
        <NativeSelect
          label={t.overlap}
          value={overlap}
          onChange={({ currentTarget }) => setOverlap(currentTarget.value as Overlap)}
          data={overlaps.map((value) => ({ value, label: t.overlaps[value] }))}
          data-autofocus
        />
        {rotate.error === null ? null : <ErrorPanel error={rotate.error} />}
        <DialogActions>
          <Button variant="default" onClick={onCancel} disabled={rotate.isPending}>
            {cancel}
          </Button>
          <BusyButton type="submit" isBusy={rotate.isPending}>
            {t.submit}
          </BusyButton>
        </DialogActions>
      </Stack>
    </form>
  );
}
