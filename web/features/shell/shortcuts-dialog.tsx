/** What every key does. The keys themselves are bound where they act; a new one is named here too. */
import { Dialog } from '../../ui/dialog.tsx';
import styles from './shortcuts-dialog.module.css';

const shortcuts: [string[], string][] = [
  [['j', '↓'], 'Next conversation'],
  [['k', '↑'], 'Previous conversation'],
  [['Enter'], 'Open the conversation'],
  [['/'], 'Search'],
  [['Esc'], 'Back to the list'],
  [['Enter'], 'Send the message'],
  [['Shift', 'Enter'], 'New line in the message'],
  [['?'], 'Show these shortcuts'],
];

type ShortcutsDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

export function ShortcutsDialog({ open, onOpenChange }: ShortcutsDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <dl className={styles['list']}>
        {shortcuts.map(([keys, does]) => (
          <div key={does} className={styles['row']}>
            <dt>{does}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key} className={styles['key']}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
