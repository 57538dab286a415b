import type { LinkProps } from '@tanstack/react-router';
import type { IconName } from '../component/icon.tsx';
import type { layoutEnglish } from './texts-english.ts';

/** An entry of the main navigation. */
export interface NavigationEntry {
  readonly text: keyof (typeof layoutEnglish)['pages'];
  readonly icon: IconName;
  readonly to: NonNullable<LinkProps['to']>;
  /** The part of a page that it leads to. */
  readonly hash?: string;
}

/** The pages, in the order in which the navigation shows them. */
export const navigation: readonly NavigationEntry[] = [
  { text: 'start', icon: 'home', to: '/' },
  { text: 'tokens', icon: 'key', to: '/integrations', hash: 'application-tokens' },
  { text: 'connect', icon: 'plug', to: '/integrations', hash: 'connect' },
  { text: 'users', icon: 'users', to: '/organisation-settings/users' },
  { text: 'organisation', icon: 'building', to: '/organisation-settings/details' },
  { text: 'events', icon: 'list', to: '/events' },
  { text: 'settings', icon: 'user', to: '/user-settings' },
];
