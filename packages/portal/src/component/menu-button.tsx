import { type ButtonHTMLAttributes, type ReactElement, type Ref, useId, useState } from 'react';
import { defineLatePart } from './late-part.ts';
import type { MenuEntry } from './menu-entry.ts';

/** What the button of a menu has to pass on to its element. */
export type MenuTrigger = Pick<
  ButtonHTMLAttributes<HTMLButtonElement>,
  'aria-haspopup' | 'aria-expanded' | 'aria-controls' | 'id' | 'onClick' | 'onFocus' | 'onPointerEnter'
> & { readonly ref: Ref<HTMLButtonElement> };

// A menu weighs 25 kB with what places it, and a page shows many buttons of menus before anybody opens one.
const menuPart = defineLatePart(async () => (await import('./menu-part.tsx')).MenuPart);

/** A button with a menu, whose code comes after the page's. */
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
  const MenuPart = menuPart.use();
  const want = (): void => {
    setWanted(true);
    void menuPart.fetch();
  };
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
      {MenuPart !== undefined && isWanted && button !== null ? (
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
    </>
  );
}
