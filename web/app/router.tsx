/** Every page of the app and its address. Pages inside need a session; without one they lead to sign-in and back. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiError } from '../lib/api.ts';
import type { InboxSearch } from '../features/inbox/model.ts';
import { catchLinkToken, keptLinkToken, type LinkPage } from '../features/sign-in/link-token.ts';
import { meQuery, setupQuery } from '../features/sign-in/queries.ts';
import { ForgotPasswordPage } from '../features/sign-in/forgot-password-page.tsx';
import { InvitationPage } from '../features/invitation/invitation-page.tsx';
import { RegisterPage } from '../features/sign-in/register-page.tsx';
import { ResetPasswordPage } from '../features/sign-in/reset-password-page.tsx';
import { SignInPage } from '../features/sign-in/sign-in-page.tsx';
import { VerifyEmailPage } from '../features/sign-in/verify-email-page.tsx';
import { ErrorPage, LoadingPage, NotFoundPage } from './fallback-pages.tsx';

/** Loaded when somebody is inside: who signs in does not wait for it. */
const inside = () => import('./inside-pages.ts');

/** The router reads `q=123` as a number and `q=true` as a boolean; here all of them are text. */
const optionalText = (value: unknown): string | undefined => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Where to return after signing in. */
type ReturnSearch = { next?: string };
const readReturnSearch = (search: Record<string, unknown>): ReturnSearch => {
  const next = optionalText(search['next']);
  return next ? { next } : {};
};

const readInboxSearch = (search: Record<string, unknown>): InboxSearch => {
  const { filter } = search;
  const q = optionalText(search['q']);
  const number = optionalText(search['number']);
  return {
    ...(filter === 'unread' || filter === 'archived' ? { filter } : {}),
    ...(q && { q }),
    ...(number && { number }),
  };
};

const rootRoute = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: readReturnSearch,
  beforeLoad: async ({ context, location, search }) => {
    if (location.hash) {
      catchLinkToken('/sign-in', location.hash);
      throw redirect({ to: '/sign-in', search, replace: true });
    }
    if (keptLinkToken('/sign-in') !== null) return;
    const setup = await context.client.query({ ...setupQuery, staleTime: 'static' }).catch(() => null);
    if (setup?.has_users === false) throw redirect({ to: '/register', search, replace: true });
  },
  component: SignInPage,
});

const registerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/register',
  validateSearch: readReturnSearch,
  component: RegisterPage,
});

/** The page of a link, without the token in its address. */
const keepLinkToken = (page: LinkPage, hash: string): void => {
  if (!hash) return;
  catchLinkToken(page, hash);
  throw redirect({ to: page, replace: true });
};

const forgotPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgot-password',
  component: ForgotPasswordPage,
});

const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset-password',
  beforeLoad: ({ location }) => keepLinkToken('/reset-password', location.hash),
  component: ResetPasswordPage,
});

const verifyEmailRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/verify-email',
  beforeLoad: ({ location }) => keepLinkToken('/verify-email', location.hash),
  component: VerifyEmailPage,
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitation',
  beforeLoad: ({ location }) => keepLinkToken('/invitation', location.hash),
  component: InvitationPage,
});

const insideRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.query({ ...meQuery, staleTime: 'static' });
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
      const next = location.href === '/' || location.href === '/inbox' ? {} : { next: location.href };
      throw redirect({ to: '/sign-in', search: next, replace: true });
    }
  },
  component: lazyRouteComponent(inside, 'Shell'),
});

const homeRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox', replace: true });
  },
});

const inboxRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/inbox',
  validateSearch: readInboxSearch,
  component: lazyRouteComponent(inside, 'InboxPage'),
});

const noConversationRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: '/',
  component: lazyRouteComponent(inside, 'NoConversationOpen'),
});

const threadRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: '$conversationId',
  component: lazyRouteComponent(inside, 'ThreadPage'),
});

const triageRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/triage',
  component: lazyRouteComponent(inside, 'TriagePage'),
});

const connectRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/connect',
  component: lazyRouteComponent(inside, 'ConnectPage'),
});

/** What Meta's dialog puts into the address. */
type ConsentSearch = { state?: string; code?: string; error?: string };
const readConsentSearch = (search: Record<string, unknown>): ConsentSearch => {
  const state = optionalText(search['state']);
  const code = optionalText(search['code']);
  const error = optionalText(search['error']);
  return { ...(state && { state }), ...(code && { code }), ...(error && { error }) };
};

const connectCallbackRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/connect/callback',
  validateSearch: readConsentSearch,
  component: lazyRouteComponent(inside, 'CallbackPage'),
});

const embeddedSignupRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/connect/embedded-signup',
  component: lazyRouteComponent(inside, 'SignupPage'),
});

const connectionRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/connect/$connectionId',
  component: lazyRouteComponent(inside, 'ConnectionPage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/settings',
  component: lazyRouteComponent(inside, 'SettingsLayout'),
});

const settingsIndexRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  component: lazyRouteComponent(inside, 'SettingsIndex'),
});

const profileRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'profile',
  component: lazyRouteComponent(inside, 'ProfilePage'),
});

const securityRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'security',
  component: lazyRouteComponent(inside, 'SecurityPage'),
});

const numbersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'numbers',
  component: lazyRouteComponent(inside, 'NumbersPage'),
});

const healthRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'health',
  component: lazyRouteComponent(inside, 'HealthPage'),
});

const organizationRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'organization',
  component: lazyRouteComponent(inside, 'OrganizationPage'),
});

const peopleRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'people',
  component: lazyRouteComponent(inside, 'PeoplePage'),
});

const apiKeysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'api-keys',
  component: lazyRouteComponent(inside, 'ApiKeysPage'),
});

const credentialsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'credentials',
  component: lazyRouteComponent(inside, 'CredentialsPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'audit',
  component: lazyRouteComponent(inside, 'AuditPage'),
});

const blockedRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'blocked',
  component: lazyRouteComponent(inside, 'BlockedPage'),
});

const quarantineRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'quarantine',
  component: lazyRouteComponent(inside, 'QuarantinePage'),
});

/** The frame of the settings, which offers the install's pages to its admins. */
const adminRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/admin',
  component: lazyRouteComponent(inside, 'SettingsLayout'),
});

const adminIndexRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/',
  component: lazyRouteComponent(inside, 'InstallPage'),
});

const adminOrganizationsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'organizations',
  component: lazyRouteComponent(inside, 'InstallOrganizationsPage'),
});

const adminConfigurationsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'configurations',
  component: lazyRouteComponent(inside, 'ConfigurationsPage'),
});

const adminAuditRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'audit',
  component: lazyRouteComponent(inside, 'InstallAuditPage'),
});

const adminQuarantineRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: 'quarantine',
  component: lazyRouteComponent(inside, 'InstallQuarantinePage'),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  registerRoute,
  forgotPasswordRoute,
  resetPasswordRoute,
  verifyEmailRoute,
  invitationRoute,
  insideRoute.addChildren([
    homeRoute,
    inboxRoute.addChildren([noConversationRoute, threadRoute]),
    triageRoute,
    connectRoute,
    connectCallbackRoute,
    embeddedSignupRoute,
    connectionRoute,
    settingsRoute.addChildren([
      settingsIndexRoute,
      profileRoute,
      securityRoute,
      numbersRoute,
      healthRoute,
      organizationRoute,
      peopleRoute,
      apiKeysRoute,
      credentialsRoute,
      auditRoute,
      blockedRoute,
      quarantineRoute,
    ]),
    adminRoute.addChildren([
      adminIndexRoute,
      adminOrganizationsRoute,
      adminConfigurationsRoute,
      adminAuditRoute,
      adminQuarantineRoute,
    ]),
  ]),
]);

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    defaultErrorComponent: ErrorPage,
    defaultPendingComponent: LoadingPage,
    defaultPendingMs: 300,
    defaultNotFoundComponent: NotFoundPage,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
