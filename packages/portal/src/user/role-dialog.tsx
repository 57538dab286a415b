import type { UserResource } from '@keywright/contract';
import { Button, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { BusyButton } from '../component/busy-button.tsx';
import { Dialog } from '../component/dialog.tsx';
import { DialogActions } from '../component/dialog-actions.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { componentTexts } from '../component/texts.ts';
import { useApiForm } from '../component/use-api-form.ts';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import type { PersonRole } from '../role/role.ts';
import { RoleChoice } from './role-choice.tsx';
import { userTexts } from './texts.ts';
import { setRoles } from './user-call.ts';

/** Changes what a user may do in the organisation that the reader works in. */
export function RoleDialog({
  user,
  grantable,
  onClose,
}: {
  readonly user: UserResource;
  readonly grantable: readonly PersonRole[];
  readonly onClose: () => void;
}): ReactElement {
  const t = useTexts(userTexts);
  const { roleForm, inviteForm } = t;
  const { cancel } = useTexts(componentTexts);
  const save = useChange({
    change: ({ roles }: { roles: readonly PersonRole[] }) => setRoles(user, roles),
    done: () => roleForm.done(user.name),
    invalidates: [['user']],
    onSuccess: onClose,
    showsFailure: true,
  });
  const form = useApiForm({
    initial: { roles: user.roles.map(({ name }) => name as PersonRole) as readonly PersonRole[] },
    send: save.mutateAsync,
    check: ({ roles }) => (roles.length === 0 ? { roles: inviteForm.rolesMissing } : {}),
  });
  return (
    <Dialog onClose={onClose} title={roleForm.title(user.name)}>
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          <RoleChoice
            label={inviteForm.roles}
            grantable={grantable}
            value={form.values.roles}
            error={form.errors.roles}
            onChange={(roles) => form.set({ roles })}
          />
          <Text size="sm" c="dimmed">
            {roleForm.hint}
          </Text>
          {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
          <DialogActions>
            <Button variant="default" onClick={onClose} disabled={form.isSending}>
              {cancel}
            </Button>
            <BusyButton type="submit" isBusy={form.isSending}>
              {roleForm.submit}
            </BusyButton>
          </DialogActions>
        </Stack>
      </form>
    </Dialog>
  );
}
