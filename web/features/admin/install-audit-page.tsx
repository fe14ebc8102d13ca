/** The audit of every organization. */
import { PageHead } from '../../ui/page-head.tsx';
import { AuditList } from '../audit/audit-list.tsx';
import { AuditWholeness } from '../audit/audit-wholeness.tsx';

export function InstallAuditPage() {
  return (
    <>
      <PageHead
        title="Audit of all"
        lead="Changes of rights, credentials and connections in every organization."
      />
      <AuditWholeness path="/api/v1/admin/audit/check" />
      <AuditList path="/api/v1/admin/audit" />
    </>
  );
}
