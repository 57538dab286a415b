import type { ReactElement } from 'react';
import { ApplicationTokens } from '../application-token/application-tokens.tsx';
import { sessionStore } from '../session/session.ts';
import { useStore } from '../store/store.ts';

/** The page of `/integrations`: application tokens, and how to connect an API. */
export function IntegrationsPage(): ReactElement | null {
  const session = useStore(sessionStore);
  if (session.status !== 'signed-in') return null;
  return <ApplicationTokens claims={session.claims} />;
}
