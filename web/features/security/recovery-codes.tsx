/** Recovery codes, shown this once: to be copied or saved before the dialog closes. */
import { Download } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { toast } from '../../ui/toast.tsx';
import styles from './security-page.module.css';

type RecoveryCodesDialogProps = { codes: string[]; onClose: () => void };

export function RecoveryCodesDialog({ codes, onClose }: RecoveryCodesDialogProps) {
  const [isKept, setKept] = useState(false);
  const text = `${codes.join('\n')}\n`;
  return (
    <Dialog
      open
      // What is not kept now is lost.
      onOpenChange={(open) => {
        if (open) return;
        if (isKept) onClose();
        else toast('Keep the codes first: they are not shown again.');
      }}
      title="Keep your recovery codes"
      description="Each signs you in once when your phone is out of reach. They are not shown again."
    >
      <div className={styles['steps']}>
        <ol className={styles['codes']}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
        <div className={styles['keep']}>
          <Button onClick={() => void copy(text)}>Copy all</Button>
          <a
            className={styles['download']}
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
            download="recovery-codes.txt"
          >
            <Download size={15} aria-hidden /> Save as a file
          </a>
        </div>
        <Checkbox
          label="I have kept them where I find them without my phone"
          checked={isKept}
          onChange={setKept}
        />
        <div className={styles['actions']}>
          <Button variant="primary" disabled={!isKept} onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('Recovery codes copied');
  } catch {
    toast('The browser did not let us copy. Select the codes, or save them as a file.', { tone: 'bad' });
  }
}
