import type { IconName } from '../component/icon.tsx';

/** The picture of a device by its operating system. */
export function deviceIcon(operatingSystem: string): IconName {
  return /ios|android/i.test(operatingSystem) ? 'phone' : 'screen';
}
