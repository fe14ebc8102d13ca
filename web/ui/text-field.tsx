/** A labelled input with its help and its error tied to it for screen readers. */
import { CircleAlert } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import styles from './text-field.module.css';

type TextFieldProps = Omit<ComponentProps<'input'>, 'size'> & {
  label: string;
  help?: ReactNode;
  error?: string | null;
  /** Stands inside the field, at its end. */
  trailing?: ReactNode;
  /** Stands at the end of the label's line. */
  aside?: ReactNode;
};

export function TextField({ label, help, error, trailing, aside, className, id, ...input }: TextFieldProps) {
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
      <div className={classNames(styles['box'], error ? styles['invalid'] : null)}>
        <input
          {...input}
          id={fieldId}
          className={styles['input']}
          aria-invalid={error ? true : undefined}
          aria-describedby={note}
        />
        {trailing}
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
