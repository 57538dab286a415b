import { Text } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import classes from './setting-list.module.css';

/** Things that belong to somebody: their devices, sessions, factors. */
export function SettingList({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    // Lists without bullets are none to some screen readers, unless they are told.
    // biome-ignore lint/a11y/noRedundantRoles: see above
    <ul className={classes['list']} role="list" aria-label={label}>
      {children}
    </ul>
  );
}

/** One of them: what it is, more about it, and what can be done to it. */
export function SettingEntry({
  icon,
  title,
  details,
  actions,
}: {
  readonly icon: IconName;
  readonly title: ReactNode;
  readonly details?: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  return (
    <li className={classes['entry']}>
      <span className={classes['icon']}>
        <Icon name={icon} />
      </span>
      <div className={classes['text']}>
        <Text component="div" fw={500}>
          {title}
        </Text>
        {details === undefined ? null : (
          <Text component="div" size="sm" c="dimmed">
            {details}
          </Text>
        )}
      </div>
      {actions}
    </li>
  );
}
