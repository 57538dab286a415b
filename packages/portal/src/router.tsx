import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { NotFoundPage } from './layout/not-found-page.tsx';
import { PageCrash } from './layout/page-crash.tsx';
import { PagePending } from './layout/page-pending.tsx';
import { readReturnPath } from './session/return-path.ts';
import { sessionStore, startSession } from './session/session.ts';

/** Until there is a frame, the document's own shell is what stands there: no outline, and no waiting until one was seen. */
const withoutOutline = { pendingMs: Number.POSITIVE_INFINITY };

const root = createRootRoute({
  component: Outlet,
  // Each page reads what it knows of: see useListState.
  validateSearch: (search: Readonly<Record<string, unknown>>) => search,
});

const sign = createRoute({
  getParentRoute: () => root,
  path: '/sign',
  ...withoutOutline,
  beforeLoad: async ({ search }) => {
    await startSession();
    const { status } = sessionStore.get();
    if (status === 'signed-in') throw redirect({ href: readReturnPath(search['next']), replace: true });
  },
  component: lazyRouteComponent(() => import('./sign/sign-page.tsx'), 'SignPage'),
});

const activation = createRoute({
  getParentRoute: () => root,
  path: '/activation',
  ...withoutOutline,
  component: lazyRouteComponent(() => import('./activation/activation-page.tsx'), 'ActivationPage'),
});

/** Every page behind the sign-in. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  ...withoutOutline,
  beforeLoad: async ({ location }) => {
    await startSession();
    const { status } = sessionStore.get();
    if (status !== 'signed-in') throw redirect({ to: '/sign', search: { next: location.href }, replace: true });
  },
  component: lazyRouteComponent(() => import('./layout/app-layout.tsx'), 'AppLayout'),
});

const start = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('./start/start-page.tsx'), 'StartPage'),
});

const integrations = createRoute({
  getParentRoute: () => app,
  path: '/integrations',
  component: lazyRouteComponent(() => import('./integrations/integrations-page.tsx'), 'IntegrationsPage'),
});

const userSettings = createRoute({
  getParentRoute: () => app,
  path: '/user-settings',
  component: lazyRouteComponent(() => import('./user-settings/user-settings-page.tsx'), 'UserSettingsPage'),
});

const organisationDetails = createRoute({
  getParentRoute: () => app,
  path: '/organisation-settings/details',
  component: lazyRouteComponent(
    () => import('./organisation-settings/organisation-details-page.tsx'),
    'OrganisationDetailsPage',
  ),
});

const signInSettings = createRoute({
  getParentRoute: () => app,
  path: '/organisation-settings/sign-in',
  component: lazyRouteComponent(
    () => import('./organisation-settings/sign-in-settings-page.tsx'),
    'SignInSettingsPage',
  ),
});

const users = createRoute({
  getParentRoute: () => app,
  path: '/organisation-settings/users',
  component: lazyRouteComponent(() => import('./user/users-page.tsx'), 'UsersPage'),
});

const events = createRoute({
  getParentRoute: () => app,
  path: '/events',
  component: lazyRouteComponent(() => import('./event/events-page.tsx'), 'EventsPage'),
});

/** Every other address. */
const unknown = createRoute({ getParentRoute: () => app, path: '$', component: NotFoundPage });

/** The pages by their paths (contract §9); the code of each comes when somebody goes there. */
export const router = createRouter({
  routeTree: root.addChildren([
    sign,
    activation,
    app.addChildren([start, integrations, users, organisationDetails, signInSettings, events, userSettings, unknown]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageCrash,
  defaultPendingComponent: PagePending,
  defaultPendingMs: 150,
  defaultPendingMinMs: 200,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** Who is about to sign in, as the page before knows; it is in no address. */
    username?: string;
  }
}
