/** The security of one's own account: password and second factor. */
import { queryOptions } from '@tanstack/react-query';
import type {
  ChangePasswordBody,
  ProofBody,
  RecoveryCodes,
  TotpEnrolment,
  TotpStatus,
} from '../../../src/modules/auth/contract.ts';
import { request } from '../../lib/api.ts';

export const totpQuery = queryOptions({
  queryKey: ['totp'] as const,
  queryFn: ({ signal }) => request<TotpStatus>('GET', '/api/v1/auth/totp', { signal }),
});

export const changePassword = (body: ChangePasswordBody): Promise<void> =>
  request('POST', '/api/v1/auth/password', { body });

export const enrolTotp = (): Promise<TotpEnrolment> => request('POST', '/api/v1/auth/totp');

export const confirmTotp = (code: string): Promise<RecoveryCodes> =>
  request('POST', '/api/v1/auth/totp/confirm', { body: { code } });

export const renewRecoveryCodes = (): Promise<RecoveryCodes> =>
  request('POST', '/api/v1/auth/totp/recovery-codes');

export const disableTotp = (body: ProofBody): Promise<void> =>
  request('POST', '/api/v1/auth/totp/disable', { body });

export const endOtherSessions = (): Promise<{ ended: number }> => request('DELETE', '/api/v1/auth/sessions');
