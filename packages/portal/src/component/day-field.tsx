import { Text, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTyped } from './use-typed.ts';

/** A field that narrows a list to a time by a day. */
export function DayField({
  label,
  side,
  value,
  onDay,
}: {
  readonly label: string;
  /** What stands in the field: a browser's own outline of a date says nothing of what it is for. */
  readonly side: string;
  /** The day that the list is narrowed by now, as `2027-10-29`. */
  readonly value: string;
  /** @param day empty where it is taken away */
  readonly onDay: (day: string) => void;
}): ReactElement {
  const [typed, setTyped] = useTyped(value);
  return (
    <TextInput
      type="date"
      aria-label={label}
      title={label}
      leftSection={
        <Text component="span" size="xs" c="dimmed">
          {side}
        </Text>
      }
      leftSectionWidth="2.75rem"
      leftSectionPointerEvents="none"
      value={typed}
      onChange={({ currentTarget }) => {
        const day = currentTarget.value;
        setTyped(day);
        // Whoever types 2027 has typed the year 2, 20 and 202 on the way.
        if (!day.startsWith('0')) onDay(day);
      }}
    />
  );
}
