import { Checkbox, Stack } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { layoutTexts } from '../layout/texts.ts';
import type { PersonRole } from '../role/role.ts';
import { userTexts } from './texts.ts';

/** Chooses roles, with what each lets its holder do. */
export function RoleChoice({
  label,
  grantable,
  value,
  error,
  onChange,
}: {
  readonly label: string;
  readonly grantable: readonly PersonRole[];
  readonly value: readonly PersonRole[];
  readonly error: string | undefined;
  readonly onChange: (value: readonly PersonRole[]) => void;
}): ReactElement {
  const { roles } = useTexts(layoutTexts);
  const { roleHints } = useTexts(userTexts);
  return (
    <Checkbox.Group
      label={label}
      value={[...value]}
      error={error}
      onChange={(chosen) => onChange(chosen as PersonRole[])}
    >
      <Stack gap="xs" mt={6}>
        {grantable.map((role) => (
          <Checkbox key={role} value={role} label={roles[role]} description={roleHints[role]} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
