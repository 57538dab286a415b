import type { RoleName } from '@keywright/contract';
import { Checkbox, Group, Radio, Stack } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { layoutTexts } from '../layout/texts.ts';
import { tokenTexts } from './texts.ts';

/** As which roles a token acts: all of its creator's, or some that are named. */
export function RolesField({
  grantable,
  value,
  error,
  onChange,
}: {
  readonly grantable: readonly RoleName[];
  /** Undefined: all of them, as they are at the time. */
  readonly value: readonly RoleName[] | undefined;
  readonly error: string | undefined;
  readonly onChange: (value: readonly RoleName[] | undefined) => void;
}): ReactElement {
  const { form: t } = useTexts(tokenTexts);
  const { roles: names } = useTexts(layoutTexts);
  return (
    <Radio.Group
      label={t.roles}
      value={value === undefined ? 'all' : 'some'}
      error={error}
      onChange={(chosen) => onChange(chosen === 'all' ? undefined : [])}
    >
      <Stack gap="xs" mt={6}>
        <Radio value="all" label={t.rolesAll} />
        <Radio value="some" label={t.rolesSome} />
        {value === undefined ? null : (
          <Checkbox.Group value={[...value]} onChange={(chosen) => onChange(chosen as RoleName[])} aria-label={t.roles}>
            <Group gap="md" ms="lg">
              {grantable.map((role) => (
                <Checkbox key={role} value={role} label={names[role]} />
              ))}
            </Group>
          </Checkbox.Group>
        )}
      </Stack>
    </Radio.Group>
  );
}
