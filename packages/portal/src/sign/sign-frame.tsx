import { Title } from '@mantine/core';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { Brand } from '../component/brand.tsx';
import { PageTitle } from '../component/page-header.tsx';
import { ConnectionNotice } from '../layout/connection-notice.tsx';
import classes from './sign-frame.module.css';
import { SignPreferences } from './sign-preferences.tsx';

/** The frame around the pages of who is not signed in yet; whoever comes to another step is taken to its title. */
export function SignFrame({
  title,
  lead,
  children,
  below,
}: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
  /** Beneath the card: the ways to other cards. */
  readonly below?: ReactNode;
}): ReactElement {
  return (
    <div className={classes.page}>
      <PageTitle title={title} />
      <header className="kw-bar">
        <Brand />
        <SignPreferences />
      </header>
      <main className={classes.middle}>
        <div className={classes.card}>
          <CardTitle key={title} title={title} />
          {lead === undefined ? null : <div className={classes.lead}>{lead}</div>}
          {children}
        </div>
        <div className={classes.below}>{below}</div>
      </main>
      <ConnectionNotice />
    </div>
  );
}

/** Takes the focus where the step has no field that does. */
function CardTitle({ title }: { readonly title: string }): ReactElement {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) ref.current?.focus();
  }, []);
  return (
    <Title order={1} ref={ref} tabIndex={-1} fz="1.25rem">
      {title}
    </Title>
  );
}
