import { Skeleton, Stack } from '@mantine/core';
import type { ReactElement } from 'react';

/** The outline of a page whose code is on its way. */
export function PagePending(): ReactElement {
  return (
    <Stack gap="md" aria-hidden="true">
      <Skeleton height={28} width={220} />
      <Skeleton height={14} width={360} maw="100%" />
      <Skeleton height={220} mt="md" />
    </Stack>
  );
}
