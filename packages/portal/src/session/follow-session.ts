import type { QueryClient } from '@tanstack/react-query';
import { type SessionState, sessionStore } from './session.ts';

/** What of the router is needed to send the reader to another page. */
interface Navigator {
  readonly state: { readonly location: { readonly pathname: string; readonly href: string } };
  navigate(to: { readonly href: string; readonly replace?: boolean }): Promise<void>;
  invalidate(): Promise<void>;
}

/**
 * Keeps the pages in step with the session, also where another tab changes it: what was read as somebody else is
 * forgotten, and each page is asked anew whether it may be shown.
 */
export function followSession(queries: QueryClient, router: Navigator): void {
  let before = identityOf(sessionStore.get());
  sessionStore.subscribe(() => {
    const now = identityOf(sessionStore.get());
    if (now === before) return;
    const wasSignedIn = before.startsWith('user:');
    before = now;
    if (wasSignedIn && now.startsWith('user:')) void queries.resetQueries();
    else queries.clear();
    void router.invalidate();
  });
}

/** What makes one session's data another's: who, and where they work. */
function identityOf(state: SessionState): string {
  return state.status === 'signed-in' ? `${state.claims.sub} ${state.claims.org.id}` : state.status;
}
