import { NativeSelect } from '@mantine/core';
import type { ReactElement } from 'react';
import type { ListState } from './use-list-state.ts';

/** Narrows a list to one of a few values of a field. */
export function FilterChoice({
  list,
  name,
  label,
  any,
  choices,
}: {
  readonly list: ListState;
  /** The filter, as it stands in the address. */
  readonly name: string;
  readonly label: string;
  /** What not to narrow it is called. */
  readonly any: string;
  readonly choices: readonly (readonly [value: string, label: string])[];
}): ReactElement {
  const value = list.filters[name] ?? '';
  // What came by a link, and is none of the choices, is shown as it is.
  const others = value === '' || choices.some(([choice]) => choice === value) ? [] : [{ value, label: value }];
  return (
    <NativeSelect
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => list.setFilters({ [name]: currentTarget.value })}
      data={[
        { value: '', label: any },
        ...choices.map(([choice, text]) => ({ value: choice, label: text })),
        ...others,
      ]}
    />
  );
}
