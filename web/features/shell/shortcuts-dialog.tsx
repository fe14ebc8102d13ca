/** What every key does. The keys themselves are bound where they act; a new one is named here too. */
import { Dialog } from '../../ui/dialog.tsx';
import styles from './shortcuts-dialog.module.css';

type Shortcut = [keys: string[], does: string];

const shortcuts: { place: string; keys: Shortcut[] }[] = [
  {
    place: 'Inbox',
    keys: [
      [['j', '↓'], 'Next conversation'],
      [['k', '↑'], 'Previous conversation'],
      [['Enter'], 'Open the conversation'],
      [['/'], 'Search'],
      [['Esc'], 'Back to the list'],
      [['Enter'], 'Send the message'],
      [['Shift', 'Enter'], 'New line in the message'],
    ],
  },
  {
    place: 'Triage',
    keys: [
      [['j', '↓'], 'Next sender'],
      [['k', '↑'], 'Previous sender'],
      [['x'], 'Choose the sender, or not'],
      [['a'], 'Assign the sender, or those chosen'],
      [['e'], 'Dismiss, or take back'],
      [['b'], 'Block'],
    ],
  },
  {
    place: 'Blocked senders',
    keys: [
      [['j', 'k'], 'Next and previous sender'],
      [['u'], 'Unblock'],
    ],
  },
  { place: 'Everywhere', keys: [[['?'], 'Show these shortcuts']] },
];

type ShortcutsDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

export function ShortcutsDialog({ open, onOpenChange }: ShortcutsDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      {shortcuts.map(({ place, keys: keysOfPlace }) => (
        <section key={place} className={styles['place']} aria-label={place}>
          <h3 className={styles['heading']}>{place}</h3>
          <dl>
            {keysOfPlace.map(([keys, does]) => (
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
        </section>
      ))}
    </Dialog>
  );
}
