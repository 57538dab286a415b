import type { UserResource } from '@keywright/contract';
import { NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { resourceQuery } from '../api/query.ts';
import { ConfirmDialog } from '../component/confirm-dialog.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { useRights } from '../session/use-rights.ts';
import { userTexts } from './texts.ts';
import type { UserDeed } from './user-actions.tsx';
import { deleteUser, type Place, removeFactors, removeFromOrganisation, setUserStatus } from './user-call.ts';

const suspendedStatus = 2;

/** Asks before something is done to a user that they will notice. */
export function UserQuestion({
  deed,
  user,
  place,
  onClose,
}: {
  readonly deed: Exclude<UserDeed, 'roles'>;
  readonly user: UserResource;
  readonly place: Place;
  readonly onClose: () => void;
}): ReactElement {
  const t = useTexts(userTexts);
  const { userId, organisationId } = useRights();
  const [heir, setHeir] = useState('');
  const { name } = user;
  const questions = {
    suspend: {
      title: t.suspendTitle(name),
      hint: place === undefined ? t.suspendHint : t.suspendGuestHint,
      label: t.suspend,
      done: t.suspended(name),
      act: () => setUserStatus(user, place, suspendedStatus),
    },
    reset: {
      title: t.resetTitle(name),
      hint: t.resetHint,
      label: t.resetFactors,
      done: t.resetDone(name),
      act: () => removeFactors(user),
    },
    remove: {
      title: t.removeTitle(name),
      hint: t.removeHint,
      label: t.remove,
      done: t.removed(name),
      act: () => removeFromOrganisation(user, organisationId),
    },
    delete: {
      title: t.deleteTitle(name),
      hint: t.deleteHint,
      label: t.delete,
      done: t.deleted(name),
      act: () => deleteUser(user, heir === '' ? undefined : userId),
    },
  };
  const question = questions[deed];
  const change = useChange<void, void>({
    change: question.act,
    done: () => question.done,
    invalidates: [['user'], ['application_token']],
    showsFailure: true,
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={question.title}
      confirmLabel={question.label}
      onConfirm={() => change.mutateAsync()}
    >
      <Stack gap="sm">
        <Text size="sm">{question.hint}</Text>
        {deed === 'delete' ? <HeirChoice heir={heir} onChange={setHeir} /> : null}
      </Stack>
    </ConfirmDialog>
  );
}

/** What becomes of the application tokens of somebody whose account is deleted. */
function HeirChoice({
  heir,
  onChange,
}: {
  readonly heir: string;
  readonly onChange: (heir: string) => void;
}): ReactElement {
  const t = useTexts(userTexts);
  const { data: me } = useQuery(resourceQuery<UserResource>('/api/v1/user/my'));
  return (
    <NativeSelect
      label={t.transfer}
      value={heir}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      data={[
        { value: '', label: t.transferNone },
        ...(me === undefined ? [] : [{ value: 'me', label: t.transferTo(me.name) }]),
      ]}
    />
  );
}
