import type { ApplicationTokenResource } from '@keywright/contract';
import { Modal } from '@mantine/core';
import type { ReactElement } from 'react';
import { change } from '../api/api.ts';
import { componentTexts } from '../component/texts.ts';
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
  const { close } = useTexts(componentTexts);
  const save = useChange({
    change: (values: TokenValues) => change('PATCH', `/api/v1/application_token/${token.id}`, bodyOf(values)),
    done: (_nothing, { description }) => t.change.saved(tokenName({ ...token, description }, t)),
    invalidates: [['application_token']],
    onSuccess: onClose,
    showsFailure: true,
  });
  const form = useTokenForm(valuesOf(token), save.mutateAsync);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.change.title(tokenName(token, t))}
      size="lg"
      closeButtonProps={{ 'aria-label': close }}
    >
      <TokenForm form={form} kept={token.expiry_date} submit={t.change.submit} onCancel={onClose} />
    </Modal>
  );
}
