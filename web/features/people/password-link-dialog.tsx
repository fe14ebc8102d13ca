/** A link with which a colleague sets a new password, for whoever gets no mail. */
import { useMutation } from '@tanstack/react-query';
import { describeError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { makePasswordLink, type Person } from './queries.ts';
import styles from './people.module.css';

type PasswordLinkDialogProps = { person: Person; open: boolean; onOpenChange: (open: boolean) => void };

export function PasswordLinkDialog({ person, open, onOpenChange }: PasswordLinkDialogProps) {
  const make = useMutation({ mutationFn: () => makePasswordLink(person.id) });
  const close = (isOpen: boolean) => {
    make.reset();
    onOpenChange(isOpen);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={`A new password for ${person.name}`}
      description="Whoever has the link can set the password. Give it to this person only."
    >
      <div className={styles['form']}>
        {make.error && <Callout tone="bad">{describeError(make.error)}</Callout>}
        {make.data ? (
          <CopyField label="Link" value={make.data.link} />
        ) : (
          <Button variant="primary" busy={make.isPending} onClick={() => make.mutate()}>
            Make the link
          </Button>
        )}
      </div>
    </Dialog>
  );
}
