/** Starts the browser app. */
import '@fontsource-variable/inter/index.css';
import './tokens.css';
import './global.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onSignedOut } from '../lib/session.ts';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { Toaster } from '../ui/toast.tsx';
import { createQueryClient } from './query-client.ts';
import { createAppRouter } from './router.tsx';

const client = createQueryClient();
const router = createAppRouter(client);

/** Who is there need not be signed in. */
const outsidePages = new Set([
  '/sign-in',
  '/register',
  '/forgot-password',
  '/reset-password',
  '/verify-email',
]);

onSignedOut((end) => {
  const { pathname, href } = router.state.location;
  if (outsidePages.has(pathname)) return;
  // Who comes next after somebody signed out may be somebody else.
  const isHome = pathname === '/' || href === '/inbox';
  const search = end === 'chosen' || isHome ? {} : { next: href };
  void router.navigate({ to: '/sign-in', search, replace: true }).then(() => client.clear());
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <RouterProvider router={router} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
);
