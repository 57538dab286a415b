import type { IconName } from './icon.tsx';

/** What stands in a menu: something to do, a choice of one among several, or a line between them. */
export type MenuEntry =
  | {
      readonly kind: 'deed';
      readonly icon: IconName;
      readonly label: string;
      readonly isDanger?: boolean;
      readonly onChoose: () => void;
    }
  | {
      readonly kind: 'choice';
      readonly label: string;
      readonly chosen: string;
      readonly options: readonly MenuOption[];
      readonly onChoose: (value: string) => void;
      /** Whether the menu is of no more use once something is chosen. */
      readonly closes?: boolean;
    }
  | { readonly kind: 'line' };

/** One of several to choose from. */
export interface MenuOption {
  readonly value: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly lang?: string;
}
