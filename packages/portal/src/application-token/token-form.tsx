import type { ApplicationTokenResource, RoleName } from '@keywright/contract';
import { Button, Stack, Textarea } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { BusyButton } from '../component/busy-button.tsx';
import { DialogActions } from '../component/dialog-actions.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { componentTexts } from '../component/texts.ts';
import { type ApiForm, type FieldErrors, useApiForm } from '../component/use-api-form.ts';
import { type Translation, useTexts } from '../i18n/texts.ts';
import { expiryDateOf } from './expiry-choice.ts';
import { type Expiry, ExpiryField } from './expiry-field.tsx';
import { checkNetwork } from './network-check.ts';
import { NetworkField } from './network-field.tsx';
import { tokenTexts } from './texts.ts';
import type { tokenEnglish } from './texts-english.ts';

/** What can be said of a token. */
export interface TokenValues {
  readonly description: string;
  readonly expiry: Expiry;
  /** The day, where one is to be named. */
  readonly expiry_date: string;
  readonly ip: string;
  /** Undefined: its creator's. */
  readonly roles: readonly RoleName[] | undefined;
  readonly auth_token_minutes: string;
}

/** What a new token begins with: it ends. */
export const newToken: TokenValues = {
  description: '',
  expiry: '90',
  expiry_date: '',
  ip: '',
  roles: undefined,
  auth_token_minutes: '',
};

/** What a token has now. */
export function valuesOf({ description, ip }: ApplicationTokenResource): TokenValues {
  return { ...newToken, description: description ?? '', expiry: 'keep', ip: ip ?? '' };
}

/** The part of a body that new tokens and changed ones share. */
export function bodyOf({ description, expiry, expiry_date, ip }: TokenValues): object {
  return {
    description: description.trim() === '' ? null : description.trim(),
    ip: ip.trim() === '' ? null : ip.trim(),
    ...(expiry === 'keep' ? {} : { expiry_date: expiryDateOf(expiry, expiry_date, Date.now()) }),
  };
}

/** Makes a form for a token. */
export function useTokenForm(
  initial: TokenValues,
  send: (values: TokenValues) => Promise<unknown>,
): ApiForm<TokenValues> {
  const { form: t } = useTexts(tokenTexts);
  return useApiForm({ initial, send, check: (values) => checkToken(values, t) });
}

function checkToken(values: TokenValues, t: Translation<(typeof tokenEnglish)['form']>): FieldErrors<TokenValues> {
  const { kind } = checkNetwork(values.ip);
  return {
    ...(values.expiry === 'date' && values.expiry_date === '' ? { expiry_date: t.dateMissing } : {}),
    ...(kind === 'invalid' || kind === 'host-bits' ? { ip: t.ipInvalid } : {}),
    ...(values.roles?.length === 0 ? { roles: t.rolesMissing } : {}),
  };
}

/** The fields that new tokens and changed ones share, and the buttons. */
export function TokenForm({
  form,
  kept,
  submit,
  onCancel,
  children,
}: {
  readonly form: ApiForm<TokenValues>;
  readonly kept?: string | null;
  readonly submit: string;
  readonly onCancel: () => void;
  /** The fields that only one of them has. */
  readonly children?: ReactNode;
}): ReactElement {
  const { form: t } = useTexts(tokenTexts);
  const { cancel } = useTexts(componentTexts);
  return (
    <form onSubmit={form.onSubmit} noValidate>
      <Stack gap="md">
        <Textarea
          {...form.field('description')}
          label={t.description}
          description={t.descriptionHint}
          rows={2}
          maxLength={512}
          data-autofocus
        />
        <ExpiryField
          choice={form.values.expiry}
          date={form.values.expiry_date}
          {...(kept === undefined ? {} : { kept })}
          error={form.errors.expiry_date}
          onChange={form.set}
        />
        <NetworkField field={form.field('ip')} onChange={(ip) => form.set({ ip })} />
        {children}
        {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
        <DialogActions>
          <Button variant="default" onClick={onCancel} disabled={form.isSending}>
            {cancel}
          </Button>
          <BusyButton type="submit" isBusy={form.isSending}>
            {submit}
          </BusyButton>
        </DialogActions>
      </Stack>
    </form>
  );
}
