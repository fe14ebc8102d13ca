/** Making accounts over HTTP, as browsers do. */
import type { Me, SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { Problem } from '../../src/platform/http/problems.ts';
import { request, type Answer } from './api.ts';

export const PASSWORD = 'correct horse battery';

/** The body that registers Ines Hart under this address. */
export const registration = (email: string) => ({
  name: 'Ines Hart',
  email,
  password: PASSWORD,
  organization_name: 'Hart & Co',
});

export type AuthCalls = ReturnType<typeof authCallsOf>;

/** Calls under `/api/v1/auth`. The server must trust 127.0.0.1 as a proxy. */
export function authCallsOf(url: string) {
  let callers = 0;
  return {
    /** Each call from an address of its own, so that the limit on sign-ins does not decide what is seen. */
    post<T = SessionAnswer & Problem>(
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ): Promise<Answer<T>> {
      callers += 1;
      return request<T>(`${url}/api/v1/auth/${path}`, {
        method: 'POST',
        body,
        headers: { 'x-forwarded-for': `198.51.100.${String(callers % 250)}`, ...headers },
      });
    },
    me: (token: string) => request<Me & Problem>(`${url}/api/v1/auth/me`, { token }),
  };
}
