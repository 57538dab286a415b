import type { UserResource } from '@keywright/contract';
import { ActionIcon } from '@mantine/core';
import type { ReactElement } from 'react';
import { changePublicly } from '../api/api.ts';
import { Icon } from '../component/icon.tsx';
import { MenuButton } from '../component/menu-button.tsx';
import type { MenuEntry } from '../component/menu-entry.ts';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { userTexts } from './texts.ts';
import { type Place, setUserStatus } from './user-call.ts';

/** What is asked about first. */
export type UserDeed = 'roles' | 'suspend' | 'reset' | 'remove' | 'delete';

const pendingStatus = 0;
const suspendedStatus = 2;
const activeStatus = 1;

/** The menu at the end of a user's row. */
export function UserActions({
  user,
  place,
  onChoose,
}: {
  readonly user: UserResource;
  readonly place: Place;
  readonly onChoose: (deed: UserDeed) => void;
}): ReactElement {
  const t = useTexts(userTexts);
  const isGuest = place !== undefined;
  const resend = useChange<void, void>({
    change: () => changePublicly('/api/v1/user/activation_resend', { username: user.username }),
    done: () => t.resent(user.name),
  });
  const activate = useChange<void, void>({
    change: () => setUserStatus(user, place, activeStatus),
    done: () => t.activated(user.name),
    invalidates: [['user']],
  });
  const hasFactor = user.mfa.some(({ status }) => status.id === activeStatus);
  const entries: readonly MenuEntry[] = [
    { kind: 'deed', icon: 'users', label: t.changeRoles, onChoose: () => onChoose('roles') },
    ...(user.status.id === pendingStatus
      ? [{ kind: 'deed', icon: 'mail', label: t.resend, onChoose: () => resend.mutate() } as const]
      : []),
    ...(hasFactor && !isGuest
      ? [{ kind: 'deed', icon: 'shield', label: t.resetFactors, onChoose: () => onChoose('reset') } as const]
      : []),
    user.status.id === suspendedStatus
      ? { kind: 'deed', icon: 'check', label: t.activate, onChoose: () => activate.mutate() }
      : { kind: 'deed', icon: 'lock', label: t.suspend, onChoose: () => onChoose('suspend') },
    { kind: 'line' },
    {
      kind: 'deed',
      icon: 'bin',
      label: isGuest ? t.remove : t.delete,
      isDanger: true,
      onChoose: () => onChoose(isGuest ? 'remove' : 'delete'),
    },
  ];
  return (
    <MenuButton position="bottom-end" entries={entries}>
      {(trigger) => (
        <ActionIcon {...trigger} variant="subtle" color="gray" aria-label={t.actionsFor(user.name)}>
          <Icon name="dots" />
        </ActionIcon>
      )}
    </MenuButton>
  );
}
