/** Who changed rights, credentials and connections of the organization. */
import { PageHead } from '../../ui/page-head.tsx';
import { AuditList } from './audit-list.tsx';
import { AuditWholeness } from './audit-wholeness.tsx';

export function AuditPage() {
  return (
    <>
      <PageHead
        title="Audit"
        lead="Who changed rights, credentials and connections. Nobody can change or remove what stands here."
      />
      <AuditWholeness path="/api/v1/organization/audit/check" />
      <AuditList path="/api/v1/organization/audit" />
    </>
  );
}
