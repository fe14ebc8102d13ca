/**
 * Asks before what cannot be taken back. Says what will happen, stays open while it happens, and shows what went wrong.
 * With `typed`, the person types that text first: for what takes other things along.
 */
import { useId, useState, type ReactNode, type SubmitEvent } from 'react';
import { describeError } from '../lib/api.ts';
import { Button } from './button.tsx';
import { Callout } from './callout.tsx';
import { Dialog } from './dialog.tsx';
import { TextField } from './text-field.tsx';
import styles from './confirm-dialog.module.css';

type ConfirmDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen, and what will not come back. */
  children?: ReactNode;
  /** The verb on the button: "Delete", "Revoke". */
  confirmLabel: string;
  /** Does it; the dialog closes when it is done and stays with the error when it is refused. */
  onConfirm: () => Promise<unknown>;
  typed?: string;
  /** False for a question whose answer harms nothing. */
  danger?: boolean;
  disabled?: boolean;
};

export function ConfirmDialog({ open, onOpenChange, title, ...rest }: ConfirmDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title}>
      <Confirmation {...rest} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

type ConfirmationProps = Omit<ConfirmDialogProps, 'open' | 'onOpenChange' | 'title'> & {
  onClose: () => void;
};

function Confirmation({ children, confirmLabel, typed, danger = true, disabled, ...on }: ConfirmationProps) {
  const [written, setWritten] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const notes = useId();
  const ready = typed === undefined || written.trim() === typed.trim();

  async function confirm(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!ready || busy || disabled) return;
    setBusy(true);
    setProblem(null);
    try {
      await on.onConfirm();
      on.onClose();
    } catch (error) {
      setProblem(describeError(error));
      setBusy(false);
    }
  }

  return (
    <form className={styles['form']} onSubmit={(event) => void confirm(event)} noValidate>
      {children && (
        <div id={notes} className={styles['text']}>
          {children}
        </div>
      )}
      {typed !== undefined && (
        <TextField
          label={`Type “${typed}” to confirm`}
          autoComplete="off"
          spellCheck={false}
          value={written}
          onChange={(event) => setWritten(event.target.value)}
        />
      )}
      {problem && <Callout tone="bad">{problem}</Callout>}
      <div className={styles['actions']}>
        <Button onClick={on.onClose}>Cancel</Button>
        <Button
          type="submit"
          variant={danger ? 'destroy' : 'primary'}
          busy={busy}
          disabled={!ready || disabled}
          aria-describedby={children ? notes : undefined}
        >
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
