/**
 * Dialogs on Radix: focus stays inside, Escape closes, the title names it. The scrim is our own element: Radix's overlay
 * locks scrolling by an injected style element, which the Content-Security-Policy refuses.
 */
import { X } from 'lucide-react';
import { Dialog as Base } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import { useReturnFocus } from './use-return-focus.ts';
import styles from './dialog.module.css';

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  /** `sheet` slides in at the right edge. */
  shape?: 'centre' | 'sheet';
  /** For what is shown once: only its own buttons close it, not Escape or a click beside it. */
  stays?: boolean;
  /** For what asks one question: its first field gets the focus, also above another dialog, which would keep `autoFocus` from it. */
  startsInField?: boolean;
  children: ReactNode;
};

export function Dialog({ open, onOpenChange, title, description, shape = 'centre', ...rest }: DialogProps) {
  const { stays = false, startsInField = false, children } = rest;
  const returnFocus = useReturnFocus(open);
  const stay = (event: Event) => stays && event.preventDefault();
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <div className={styles['scrim']} aria-hidden />
        <Base.Content
          className={classNames(styles['dialog'], styles[shape])}
          onOpenAutoFocus={startsInField ? focusFirstField : focusItself}
          onCloseAutoFocus={returnFocus}
          onEscapeKeyDown={stay}
          onInteractOutside={stay}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <header className={styles['header']}>
            <div>
              <Base.Title className={styles['title']}>{title}</Base.Title>
              {description && (
                <Base.Description className={styles['description']}>{description}</Base.Description>
              )}
            </div>
            <Base.Close className={styles['close']} aria-label="Close">
              <X size={18} aria-hidden />
            </Base.Close>
          </header>
          <div className={styles['body']}>{children}</div>
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}

/** The dialog itself gets the focus, so that it is read from its title on. */
export function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

function focusFirstField(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement)
    event.currentTarget.querySelector<HTMLInputElement>('input:not([hidden])')?.focus();
}
