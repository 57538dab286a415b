import type { QueryClient } from '@tanstack/react-query';
import { type SessionState, sessionStore } from './session.ts';

/** What the keys of queries begin with that anybody may ask: whoever signs out goes on seeing what they answered. */
const publicKey = 'portal';

/** What of the router is needed to have each page asked anew. */
interface Navigator {
  invalidate(): Promise<void>;
}

/** What is to be told of a change that the reader did not make here. */
type Announce = (organisationName: string) => void;

/**
 * Keeps the pages in step with the session, also where another tab changes it: what was read as somebody else is
 * forgotten, and each page is asked anew whether it may be shown.
 *
 * @param announceWorkspace told where the reader works from now on, where another tab has brought that about
 */
export function followSession(queries: QueryClient, router: Navigator, announceWorkspace: Announce): void {
  let before = identityOf(sessionStore.get());
  sessionStore.subscribe(() => {
    const state = sessionStore.get();
    const now = identityOf(state);
    if (now === before) return;
    const wasSignedIn = before.startsWith('user:');
    before = now;
    if (wasSignedIn && state.status === 'signed-in') {
      void queries.resetQueries();
      if (state.isFromElsewhere) announceWorkspace(state.claims.org.name);
    } else if (wasSignedIn) {
      queries.removeQueries({ predicate: ({ queryKey: [first] }) => first !== publicKey });
    }
    void router.invalidate();
  });
}

/** What makes one session's data another's: who, and where they work. */
function identityOf(state: SessionState): string {
  return state.status === 'signed-in' ? `${state.claims.sub} ${state.claims.org.id}` : state.status;
}
