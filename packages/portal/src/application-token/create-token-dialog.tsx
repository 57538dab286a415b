import type { RoleName } from '@keywright/contract';
import { Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { changeFor } from '../api/api.ts';
import { settingsQuery } from '../api/portal-settings.ts';
import { Dialog } from '../component/dialog.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { roleReferences } from '../role/role.ts';
import { RolesField } from './roles-field.tsx';
import { tokenTexts } from './texts.ts';
import { bodyOf, newToken, TokenForm, type TokenValues, useTokenForm } from './token-form.tsx';
import { TokenSecret } from './token-secret.tsx';

interface CreatedToken {
  readonly application_token: string;
  readonly id: number;
}

/** Makes an application token, and shows its secret once. */
export function CreateTokenDialog({
  grantable,
  onClose,
}: {
  readonly grantable: readonly RoleName[];
  readonly onClose: () => void;
}): ReactElement {
  const { create: t } = useTexts(tokenTexts);
  const [secret, setSecret] = useState<string>();
  const leave = (): void => {
    setSecret(undefined);
    onClose();
  };
  return (
    <Dialog onClose={leave} title={secret === undefined ? t.title : t.doneTitle} isWide holdsWork>
      {secret === undefined ? (
        <NewTokenForm grantable={grantable} onCreated={setSecret} onCancel={leave} />
      ) : (
        <TokenSecret secret={secret} onDone={leave} />
      )}
    </Dialog>
  );
}

function NewTokenForm({
  grantable,
  onCreated,
  onCancel,
}: {
  readonly grantable: readonly RoleName[];
  readonly onCreated: (secret: string) => void;
  readonly onCancel: () => void;
}): ReactElement {
  const { create: t, form: texts } = useTexts(tokenTexts);
  const { data: settings } = useQuery(settingsQuery);
  const create = useChange({
    change: (values: TokenValues) =>
      changeFor<CreatedToken>('POST', '/api/v1/application_token', {
        ...bodyOf(values),
        ...(values.roles === undefined ? {} : { roles: roleReferences(values.roles) }),
        ...(values.auth_token_minutes === '' ? {} : { auth_token_minutes: Number(values.auth_token_minutes) }),
      }),
    invalidates: [['application_token']],
    onSuccess: ({ application_token }) => onCreated(application_token),
    showsFailure: true,
  });
  const form = useTokenForm(newToken, create.mutateAsync);
  return (
    <TokenForm form={form} submit={t.submit} onCancel={onCancel}>
      <Stack gap="md">
        <RolesField
          grantable={grantable}
          value={form.values.roles}
          error={form.errors.roles}
          onChange={(roles) => form.set({ roles })}
        />
        <TextInput
          {...form.field('auth_token_minutes')}
          label={texts.minutes}
          description={texts.minutesHint(settings?.auth_token_minutes ?? 240)}
          inputMode="numeric"
          type="number"
          min={1}
          max={1440}
          maw="20rem"
        />
      </Stack>
    </TokenForm>
  );
}
