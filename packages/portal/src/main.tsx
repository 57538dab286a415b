// Before anything else looks at the address.
import './activation/activation-key.ts';
import './theme/mantine-styles.ts';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { watchConnection } from './api/connection.ts';
import { createQueryClient } from './api/query.ts';
import { fetchLateParts } from './component/late-part.ts';
import { watchFocus } from './component/return-focus.ts';
import { toastSuccess } from './component/toast.ts';
import { Toasts } from './component/toasts.tsx';
import { languageStore } from './i18n/language.ts';
import { followNavigation } from './layout/follow-navigation.ts';
import { layoutTexts } from './layout/texts.ts';
import { router } from './router.tsx';
import { followSession } from './session/follow-session.ts';
import { watchKeptPage } from './session/kept-page.ts';
import { startSession } from './session/session.ts';
import { colourSchemeManager } from './theme/colour-scheme.ts';
import { getStyleNonce, publishStyleNonce } from './theme/style-nonce.ts';
import { cssVariables, theme } from './theme/theme.ts';

publishStyleNonce();
watchConnection();
watchFocus();

const setDocumentLanguage = (): void => {
  document.documentElement.lang = languageStore.get();
};
languageStore.subscribe(setDocumentLanguage);
setDocumentLanguage();

const queryClient = createQueryClient();
followSession(queryClient, router, (name) => void tellWorkspace(name));
followNavigation(router);
// At once, the session and the page's code: each waits for the other otherwise.
void startSession().then(fetchLateParts);
const [routes] = router.getMatchedRoutes(window.location.pathname);
for (const route of routes) {
  // What does not arrive, the router asks for again, and says so.
  router.loadRouteChunk(route)?.catch(() => undefined);
}

const place = document.getElementById('root');
if (place === null) throw new Error('The document has no place for the pages');
watchKeptPage(place);
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={colourSchemeManager}
      getStyleNonce={getStyleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Suspense>
          <Toasts />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

async function tellWorkspace(name: string): Promise<void> {
  const t = await layoutTexts.load(languageStore.get());
  toastSuccess(t.changedElsewhere(name));
}
