/** What every field of a form has around it: its label, its box, and its help or error, tied to it for screen readers. */
import { CircleAlert } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import styles from './text-field.module.css';

export type FieldProps = {
  label: string;
  help?: ReactNode;
  error?: string | null;
};

/** What ties the control to the words around it; to be spread onto it. */
export type FieldTies = {
  id: string;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
};

type FieldFrameProps = FieldProps & {
  id: string | undefined;
  className: string | undefined;
  boxClassName?: string | undefined;
  /** Stands at the end of the label's line. */
  aside?: ReactNode;
  /** What stands in the box. */
  children: (ties: FieldTies) => ReactNode;
};

export function FieldFrame({
  label,
  help,
  error,
  id,
  className,
  boxClassName,
  aside,
  children,
}: FieldFrameProps) {
  const ownId = useId();
  const fieldId = id ?? ownId;
  const note = error ? `${fieldId}-error` : help ? `${fieldId}-help` : undefined;
  return (
    <div className={classNames(styles['field'], className)}>
      <div className={styles['top']}>
        <label htmlFor={fieldId} className={styles['label']}>
          {label}
        </label>
        {aside}
      </div>
      <div className={classNames(styles['box'], boxClassName, error ? styles['invalid'] : null)}>
        {children({ id: fieldId, 'aria-invalid': error ? true : undefined, 'aria-describedby': note })}
      </div>
      {error ? (
        <p id={`${fieldId}-error`} className={styles['error']}>
          <CircleAlert size={14} aria-hidden />
          {error}
        </p>
      ) : (
        help && (
          <div id={`${fieldId}-help`} className={styles['help']}>
            {help}
          </div>
        )
      )}
    </div>
  );
}
