import { useLocation } from '@tanstack/react-router';
import { lazy, type ReactElement } from 'react';
import { ApplicationTokens } from '../application-token/application-tokens.tsx';
import { sessionStore } from '../session/session.ts';
import { useStore } from '../store/store.ts';

const Connect = lazy(async () => ({ default: (await import('../connect/connect.tsx')).Connect }));

/** The page of `/integrations`: `#application-tokens`, which is also what the page alone shows, and `#connect`. */
export function IntegrationsPage(): ReactElement | null {
  const session = useStore(sessionStore);
  const { hash } = useLocation();
  if (session.status !== 'signed-in') return null;
  return hash === 'connect' ? <Connect /> : <ApplicationTokens claims={session.claims} />;
}
