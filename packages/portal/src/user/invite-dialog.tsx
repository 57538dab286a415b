import { Button, Stack, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { changeFor } from '../api/api.ts';
import { isApiError } from '../api/api-error.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { Dialog } from '../component/dialog.tsx';
import { DialogActions } from '../component/dialog-actions.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { componentTexts } from '../component/texts.ts';
import { useApiForm } from '../component/use-api-form.ts';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { type PersonRole, roleReferences } from '../role/role.ts';
import { RoleChoice } from './role-choice.tsx';
import { userTexts } from './texts.ts';

interface Invitation {
  readonly username: string;
  readonly name: string;
  readonly roles: readonly PersonRole[];
}

/** Invites somebody to the organisation that the reader works in. */
export function InviteDialog({
  grantable,
  onClose,
}: {
  readonly grantable: readonly PersonRole[];
  readonly onClose: () => void;
}): ReactElement {
  const { inviteForm: t } = useTexts(userTexts);
  const { cancel } = useTexts(componentTexts);
  const invite = useChange({
    change: ({ roles, ...who }: Invitation) =>
      changeFor('POST', '/api/v2/user/invitation', { ...who, roles: roleReferences(roles) }),
    done: (_invited, { username }) => t.done(username),
    invalidates: [['user']],
    onSuccess: onClose,
    showsFailure: true,
  });
  const initial: Invitation = { username: '', name: '', roles: ['User'] };
  const form = useApiForm({
    initial,
    send: invite.mutateAsync,
    check: ({ roles }) => (roles.length === 0 ? { roles: t.rolesMissing } : {}),
  });
  const isConflict = isApiError(form.failure, 'Conflict');
  return (
    <Dialog onClose={onClose} title={t.title}>
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          <TextInput
            {...form.field('username')}
            error={isConflict ? t.conflict : form.errors.username}
            label={t.username}
            description={t.usernameHint}
            inputMode="email"
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
          <TextInput {...form.field('name')} label={t.name} autoComplete="off" />
          <RoleChoice
            label={t.roles}
            grantable={grantable}
            value={form.values.roles}
            error={form.errors.roles}
            onChange={(roles) => form.set({ roles })}
          />
          {form.failure === undefined || isConflict ? null : <ErrorPanel error={form.failure} />}
          <DialogActions>
            <Button variant="default" onClick={onClose} disabled={form.isSending}>
              {cancel}
            </Button>
            <BusyButton type="submit" isBusy={form.isSending}>
              {t.submit}
            </BusyButton>
          </DialogActions>
        </Stack>
      </form>
    </Dialog>
  );
}
