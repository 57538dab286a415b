import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { ReactElement } from 'react';
import { Icon } from './icon.tsx';
import { useTyped } from './use-typed.ts';

const typingPauseMs = 250;

/** A field that narrows a list, a moment after one has stopped typing. */
export function SearchField({
  label,
  value,
  onSearch,
}: {
  readonly label: string;
  /** What the list is narrowed by now. */
  readonly value: string;
  readonly onSearch: (text: string) => void;
}): ReactElement {
  const [typed, setTyped] = useTyped(value);
  const search = useDebouncedCallback(onSearch, typingPauseMs);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" size={16} />}
      type="search"
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        search(currentTarget.value);
      }}
      flex="1 1 11rem"
      maw="28rem"
    />
  );
}
