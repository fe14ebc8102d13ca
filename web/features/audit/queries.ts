/** The audit, page by page: the organization's own, or everybody's for admins. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import type { AuditEvent, InstallAuditEvent } from '../../../src/modules/organizations/contract-audit.ts';
import { request } from '../../lib/api.ts';

export type Audited = AuditEvent & Partial<Pick<InstallAuditEvent, 'organization'>>;
type Page = { data: Audited[]; next_cursor: string | null };

export const auditQuery = (path: '/api/v1/organization/audit' | '/api/v1/admin/audit') =>
  infiniteQueryOptions({
    queryKey: ['audit', path] as const,
    queryFn: ({ pageParam, signal }) =>
      request<Page>('GET', path, { signal, query: { limit: 50, ...(pageParam && { cursor: pageParam }) } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
