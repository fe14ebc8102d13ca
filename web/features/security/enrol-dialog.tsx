/** Setting up the second factor: scan, confirm by a first code, keep the recovery codes. */
import { useState } from 'react';
import type { TotpEnrolment } from '../../../src/modules/auth/contract.ts';
import { fieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { QrCode } from './qr-code.tsx';
import { confirmTotp } from './queries.ts';
import { RecoveryCodesDialog } from './recovery-codes.tsx';
import styles from './security-page.module.css';

type EnrolDialogProps = { enrolment: TotpEnrolment; onClose: () => void };

export function EnrolDialog({ enrolment, onClose }: EnrolDialogProps) {
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <RecoveryCodesDialog codes={codes} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Set up your second factor"
      description="Scan this with an authenticator app, then enter the code that it shows."
    >
      <EnrolForm enrolment={enrolment} onConfirmed={setCodes} />
    </Dialog>
  );
}

function EnrolForm({
  enrolment,
  onConfirmed,
}: {
  enrolment: TotpEnrolment;
  onConfirmed: (codes: string[]) => void;
}) {
  const form = useForm(
    (data) => ({ code: /^[\d\s]{6,}$/u.test(fieldText(data, 'code')) ? null : 'Enter the six digits.' }),
    async (data) => onConfirmed((await confirmTotp(fieldText(data, 'code'))).recovery_codes),
  );
  return (
    <form className={styles['steps']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
      {form.problem && <Callout tone="bad">{form.problem}</Callout>}
      <QrCode text={enrolment.uri} label="QR code for your authenticator app" />
      <CopyField label="Or enter this key" value={enrolment.secret} />
      <TextField
        label="Code"
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={12}
        {...form.field('code')}
      />
      <div className={styles['actions']}>
        <Button type="submit" variant="primary" busy={form.busy}>
          Turn on
        </Button>
      </div>
    </form>
  );
}
