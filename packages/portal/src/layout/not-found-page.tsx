import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { EmptyState } from '../component/empty-state.tsx';
import { PageTitle } from '../component/page-header.tsx';
import { useTexts } from '../i18n/texts.ts';
import { layoutTexts } from './texts.ts';

/** What an address shows that no page has. */
export function NotFoundPage(): ReactElement {
  const t = useTexts(layoutTexts);
  return (
    <>
      <PageTitle title={t.notFound} />
      <EmptyState
        icon="search"
        title={t.notFound}
        isPage
        action={
          <Button variant="default" component={Link} to="/">
            {t.toStart}
          </Button>
        }
      >
        {t.notFoundHint}
      </EmptyState>
    </>
  );
}
