/**
 * Buttons: `primary` for the one thing to do, `secondary` beside it, `ghost` in toolbars, `danger` for what leads to something that
 * cannot be undone, `destroy` for the press that does it.
 */
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import { Spinner } from './spinner.tsx';
import { Tooltip } from './tooltip.tsx';
import styles from './button.module.css';

type ButtonProps = ComponentProps<'button'> & {
  variant?: 'primary' | 'secondary' | 'ghost' | 'danger' | 'destroy';
  size?: 's' | 'm' | 'l';
  /** Shows a spinner and refuses clicks; the label stays, so that the width does too. */
  busy?: boolean;
  icon?: ReactNode;
};

export function Button(props: ButtonProps) {
  const {
    variant = 'secondary',
    size = 'm',
    busy = false,
    icon,
    className,
    children,
    disabled,
    ...rest
  } = props;
  return (
    <button
      type="button"
      {...rest}
      disabled={busy ? true : disabled}
      aria-busy={busy ? true : undefined}
      className={classNames(styles['button'], styles[variant], styles[size], className)}
    >
      {busy ? <Spinner /> : icon}
      <span>{children}</span>
    </button>
  );
}

/** How a link looks that acts like a button. */
export function buttonClass(
  variant: 'primary' | 'secondary' | 'ghost' = 'secondary',
  size: 's' | 'm' | 'l' = 'm',
) {
  return classNames(styles['button'], styles[variant], styles[size]);
}

type IconButtonProps = ComponentProps<'button'> & { label: string; shortcut?: string };

/** A square button with an icon only: its label is its accessible name and its tooltip. */
export function IconButton({ label, shortcut, className, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut}>
      <button type="button" aria-label={label} {...rest} className={classNames(styles['icon'], className)}>
        {children}
      </button>
    </Tooltip>
  );
}
