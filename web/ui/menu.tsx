/**
 * Menus on Radix. Not modal: a modal menu locks scrolling by an injected style element, which the
 * Content-Security-Policy refuses, and nothing here scrolls behind a menu anyway.
 */
import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import styles from './menu.module.css';

type MenuProps = {
  trigger: ReactNode;
  label: string;
  align?: 'start' | 'end';
  wide?: boolean;
  /** For a menu that something else opens too, such as a key. */
  open?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  children: ReactNode;
};

export function Menu({ trigger, label, align = 'end', wide = false, children, ...state }: MenuProps) {
  const { open, onOpenChange } = state;
  return (
    <DropdownMenu.Root
      modal={false}
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange && { onOpenChange })}
    >
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          className={classNames(styles['menu'], wide && styles['wide'])}
          align={align}
          sideOffset={6}
          collisionPadding={10}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

type ItemProps = { icon?: ReactNode; danger?: boolean; onSelect: () => void; children: ReactNode };

export function MenuItem({ icon, danger = false, onSelect, children }: ItemProps) {
  return (
    <DropdownMenu.Item className={classNames(styles['item'], danger && styles['danger'])} onSelect={onSelect}>
      {icon}
      {children}
    </DropdownMenu.Item>
  );
}

/** A link as an item: `children` is the `<a>` or router link itself. */
export function MenuLink({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Item asChild className={styles['item']}>
      {children}
    </DropdownMenu.Item>
  );
}

type RadioGroupProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
};

export function MenuRadioGroup({ label, value, onChange, children }: RadioGroupProps) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={onChange} aria-label={label}>
      <DropdownMenu.Label className={styles['label']}>{label}</DropdownMenu.Label>
      {children}
    </DropdownMenu.RadioGroup>
  );
}

export function MenuRadioItem({ value, children }: { value: string; children: ReactNode }) {
  return (
    <DropdownMenu.RadioItem value={value} className={classNames(styles['item'], styles['radio'])}>
      <div className={styles['content']}>{children}</div>
      <DropdownMenu.ItemIndicator>
        <Check size={16} className={styles['check']} aria-hidden />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.RadioItem>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className={styles['separator']} />;
}

/** Something to read at the top of a menu. */
export function MenuNote({ children }: { children: ReactNode }) {
  return <div className={styles['note']}>{children}</div>;
}
