import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';

/** What can be done on the sign-in page besides signing in. */
export type SignView = 'sign-up' | 'forgotten-password' | 'activation-mail';

/** A link to another card of the sign-in page; where somebody wanted to go is not forgotten on the way. */
export function SignLink({
  view,
  isInText = false,
  children,
}: {
  readonly view?: SignView;
  /** Underlined, since colour alone tells it from the words around it to not everybody. */
  readonly isInText?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <Anchor
      underline={isInText ? 'always' : 'hover'}
      renderRoot={(props) => <Link to="/sign" search={(before: object) => ({ ...before, view })} {...props} />}
    >
      {children}
    </Anchor>
  );
}
