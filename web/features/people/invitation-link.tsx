/** The link of an invitation, the one time that it is shown. */
import { Button } from '../../ui/button.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import styles from './people.module.css';

type InvitationLinkProps = { email: string; link: string; onDone: () => void };

export function InvitationLink({ email, link, onDone }: InvitationLinkProps) {
  return (
    <div className={styles['form']}>
      <p className={styles['note']}>
        Give this link to {email} and to nobody else: whoever opens it first joins. It works once, for seven
        days, and is not shown again.
      </p>
      <CopyField label="Invitation link" value={link} />
      <div className={styles['actions']}>
        <Button variant="primary" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
