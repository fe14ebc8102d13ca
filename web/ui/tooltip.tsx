/** A short label beside what has none on screen. */
import { Tooltip as Base } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './tooltip.module.css';

type TooltipProps = {
  label: ReactNode;
  shortcut?: string;
  side?: 'top' | 'bottom' | 'left' | 'right';
  children: ReactNode;
};

export function Tooltip({ label, shortcut, side = 'bottom', children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger asChild>{children}</Base.Trigger>
      <Base.Portal>
        <Base.Content className={styles['tooltip']} side={side} sideOffset={6} collisionPadding={8}>
          {label}
          {shortcut && <kbd className={styles['key']}>{shortcut}</kbd>}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}

/** Stands once around the app: tooltips that follow each other open without waiting. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider delayDuration={450} skipDelayDuration={200}>
      {children}
    </Base.Provider>
  );
}
