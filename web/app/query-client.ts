import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../lib/api.ts';

/** Answers are kept while they are used; a refusal is final, a broken connection or a server error is tried again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The browser's idea of "offline" is wrong for a server on the same machine.
        networkMode: 'always',
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 3 && !(error instanceof ApiError && error.status < 500),
      },
      mutations: { networkMode: 'always' },
    },
  });
}
