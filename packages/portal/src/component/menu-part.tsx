import { Menu } from '@mantine/core';
import { type ReactElement, type Ref, useEffect, useState } from 'react';
import { Icon } from './icon.tsx';
import type { MenuEntry } from './menu-entry.ts';

/** What a `MenuButton` opens. */
export function MenuPart({
  id,
  button,
  isOpen,
  onChange,
  entries,
  position,
  width,
}: {
  readonly id: string;
  readonly button: HTMLButtonElement;
  readonly isOpen: boolean;
  readonly onChange: (isOpen: boolean) => void;
  readonly entries: readonly MenuEntry[];
  readonly position: 'bottom-end' | 'bottom-start' | 'top-start';
  readonly width: number | 'target' | undefined;
}): ReactElement {
  const [isReady, setReady] = useState(false);
  // Mantine notes where the focus is to go back to when a menu opens, and not where it begins open.
  useEffect(() => setReady(true), []);
  return (
    <Menu
      id={id}
      opened={isReady && isOpen}
      onChange={onChange}
      position={position}
      {...(width === undefined ? {} : { width })}
    >
      <Menu.Target>
        <Place of={button} />
      </Menu.Target>
      <Menu.Dropdown>
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries stay where they are while a menu is open
          <Entry key={index} entry={entry} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Stands for the button, which is on the page already: what Mantine would give it, it has. */
function Place({ of: button, ref }: { readonly of: HTMLElement; readonly ref?: Ref<HTMLElement> }): null {
  useEffect(() => {
    if (typeof ref === 'function') ref(button);
    else if (ref) ref.current = button;
  }, [button, ref]);
  return null;
}

function Entry({ entry }: { readonly entry: MenuEntry }): ReactElement {
  switch (entry.kind) {
    case 'line':
      return <Menu.Divider />;
    case 'deed':
      return (
        <Menu.Item
          leftSection={<Icon name={entry.icon} size={16} />}
          onClick={entry.onChoose}
          {...(entry.isDanger ? { color: 'red' } : {})}
        >
          {entry.label}
        </Menu.Item>
      );
    case 'choice':
      return (
        <>
          <Menu.Label>{entry.label}</Menu.Label>
          <Menu.RadioGroup value={entry.chosen} onChange={entry.onChoose}>
            {entry.options.map(({ value, label, icon, lang }) => (
              <Menu.RadioItem
                key={value}
                value={value}
                lang={lang}
                closeMenuOnClick={entry.closes ?? false}
                rightSection={icon === undefined ? null : <Icon name={icon} size={16} />}
              >
                {label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </>
      );
  }
}
