/** Says when the chain of events was tampered with; a whole one needs no words. */
import { useQuery } from '@tanstack/react-query';
import type { AuditCheck } from '../../../src/modules/organizations/contract-audit.ts';
import { request } from '../../lib/api.ts';
import { Callout } from '../../ui/callout.tsx';

type WholenessProps = { path: '/api/v1/organization/audit/check' | '/api/v1/admin/audit/check' };

export function AuditWholeness({ path }: WholenessProps) {
  const { data } = useQuery({
    queryKey: ['audit', path],
    queryFn: ({ signal }) => request<AuditCheck>('GET', path, { signal }),
  });
  if (!data || data.is_whole) return null;
  return (
    <Callout tone="bad">
      Events were changed or removed in the database: {data.broken.length} do not fit what stood before them.
      Compare with a backup, and find out who can reach the database.
    </Callout>
  );
}
