/** What Meta delivered and could not be processed: read it, see why, and try it anew. */
import { PageHead } from '../../ui/page-head.tsx';
import { QuarantineList } from './quarantine-list.tsx';

export function QuarantinePage() {
  return (
    <>
      <PageHead
        title="Quarantine"
        lead="What WhatsApp delivered to your numbers and could not be processed. Nothing of it is lost: try it again when the cause is gone."
      />
      <QuarantineList path="/api/v1/quarantine" />
    </>
  );
}

export function InstallQuarantinePage() {
  return (
    <>
      <PageHead
        title="Quarantine"
        lead="What was delivered to this install and could not be processed. What customers wrote is shown to their organization only."
      />
      <QuarantineList path="/api/v1/admin/quarantine" />
    </>
  );
}
