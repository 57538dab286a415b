import { type ButtonHTMLAttributes, lazy, type ReactElement, type Ref, Suspense, useId, useState } from 'react';
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

/** What the button of a menu has to pass on to its element. */
export type MenuTrigger = Pick<
  ButtonHTMLAttributes<HTMLButtonElement>,
  'aria-haspopup' | 'aria-expanded' | 'aria-controls' | 'id' | 'onClick' | 'onFocus' | 'onPointerEnter'
> & { readonly ref: Ref<HTMLButtonElement> };

const loadPart = () => import('./menu-part.tsx');
// A menu weighs 25 kB with what places it, and a page shows many buttons of menus before anybody opens one.
const MenuPart = lazy(async () => ({ default: (await loadPart()).MenuPart }));

/** A button with a menu, whose code comes when somebody is about to press it. */
export function MenuButton({
  entries,
  position,
  width,
  children,
}: {
  readonly entries: readonly MenuEntry[];
  readonly position: 'bottom-end' | 'bottom-start' | 'top-start';
  /** In pixels, or as wide as the button. */
  readonly width?: number | 'target';
  /** Draws the button. */
  readonly children: (trigger: MenuTrigger) => ReactElement;
}): ReactElement {
  const id = useId();
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [isWanted, setWanted] = useState(false);
  const want = (): void => setWanted(true);
  const trigger: MenuTrigger = {
    ref: setButton,
    id,
    'aria-haspopup': 'menu',
    'aria-expanded': isOpen,
    'aria-controls': isOpen ? `${id}-dropdown` : undefined,
    onFocus: want,
    onPointerEnter: want,
    onClick: () => {
      want();
      setOpen(!isOpen);
    },
  };
  return (
    <>
      {children(trigger)}
      <Suspense>
        {isWanted && button !== null ? (
          <MenuPart
            id={id}
            button={button}
            isOpen={isOpen}
            onChange={setOpen}
            entries={entries}
            position={position}
            width={width}
          />
        ) : null}
      </Suspense>
    </>
  );
}
