import { Button, Container } from '@mantine/core';
import type { ReactElement } from 'react';
import { EmptyState } from '../component/empty-state.tsx';
import { useTexts } from '../i18n/texts.ts';
import { layoutTexts } from './texts.ts';

/** What stands in the place of a page that failed: its code did not arrive, or has a mistake. */
export function PageCrash(): ReactElement {
  const t = useTexts(layoutTexts);
  return (
    <Container size="xs" role="alert">
      <EmptyState
        icon="warning"
        title={t.crashed}
        action={
          <Button variant="default" onClick={() => window.location.reload()}>
            {t.reload}
          </Button>
        }
      />
    </Container>
  );
}
