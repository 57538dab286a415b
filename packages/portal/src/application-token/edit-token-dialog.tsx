import type { ApplicationTokenResource } from '@keywright/contract';
import type { ReactElement } from 'react';
import { change } from '../api/api.ts';
import { Dialog } from '../component/dialog.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { tokenTexts } from './texts.ts';
import { bodyOf, TokenForm, type TokenValues, useTokenForm, valuesOf } from './token-form.tsx';
import { tokenName } from './token-name.ts';

/** Changes what can be changed of an application token. */
export function EditTokenDialog({
  token,
  onClose,
}: {
  readonly token: ApplicationTokenResource;
  readonly onClose: () => void;
}): ReactElement {
  const t = useTexts(tokenTexts);
  const save = useChange({
    change: (values: TokenValues) => change('PATCH', `/api/v1/application_token/${token.id}`, bodyOf(values)),
    done: (_nothing, { description }) => t.change.saved(tokenName({ ...token, description }, t)),
    invalidates: [['application_token']],
    onSuccess: onClose,
    showsFailure: true,
  });
  const form = useTokenForm(valuesOf(token), save.mutateAsync);
  return (
    <Dialog onClose={onClose} title={t.change.title(tokenName(token, t))} isWide>
      <TokenForm form={form} kept={token.expiry_date} submit={t.change.submit} onCancel={onClose} />
    </Dialog>
  );
}
