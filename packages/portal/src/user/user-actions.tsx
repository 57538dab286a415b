import type { UserResource } from '@keywright/contract';
import { ActionIcon, Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { changePublicly } from '../api/api.ts';
import { Icon } from '../component/icon.tsx';
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
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t.actionsFor(user.name)}>
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="users" size={16} />} onClick={() => onChoose('roles')}>
          {t.changeRoles}
        </Menu.Item>
        {user.status.id === pendingStatus ? (
          <Menu.Item leftSection={<Icon name="mail" size={16} />} onClick={() => resend.mutate()}>
            {t.resend}
          </Menu.Item>
        ) : null}
        {hasFactor && !isGuest ? (
          <Menu.Item leftSection={<Icon name="shield" size={16} />} onClick={() => onChoose('reset')}>
            {t.resetFactors}
          </Menu.Item>
        ) : null}
        {user.status.id === suspendedStatus ? (
          <Menu.Item leftSection={<Icon name="check" size={16} />} onClick={() => activate.mutate()}>
            {t.activate}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<Icon name="lock" size={16} />} onClick={() => onChoose('suspend')}>
            {t.suspend}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          color="red"
          leftSection={<Icon name="bin" size={16} />}
          onClick={() => onChoose(isGuest ? 'remove' : 'delete')}
        >
          {isGuest ? t.remove : t.delete}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
