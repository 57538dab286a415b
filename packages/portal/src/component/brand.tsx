import { Group, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import markUrl from '../icon.svg';

/** The mark and the name. */
export function Brand({ size = 26 }: { readonly size?: number }): ReactElement {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src={markUrl} width={size} height={size} alt="" />
      <Text component="span" fw={650} fz="md" lh={1}>
        Keywright
      </Text>
    </Group>
  );
}
