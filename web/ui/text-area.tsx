/** A labelled text of several lines with its help and its error tied to it for screen readers. */
import { CircleAlert } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import field from './text-field.module.css';
import styles from './text-area.module.css';

type TextAreaProps = ComponentProps<'textarea'> & { label: string; help?: ReactNode; error?: string | null };

export function TextArea({ label, help, error, className, id, rows = 3, ...textarea }: TextAreaProps) {
  const ownId = useId();
  const fieldId = id ?? ownId;
  const note = error ? `${fieldId}-error` : help ? `${fieldId}-help` : undefined;
  return (
    <div className={classNames(field['field'], className)}>
      <label htmlFor={fieldId} className={field['label']}>
        {label}
      </label>
      <div className={classNames(field['box'], styles['box'], error ? field['invalid'] : null)}>
        <textarea
          dir="auto"
          {...textarea}
          id={fieldId}
          rows={rows}
          className={classNames(field['input'], styles['textarea'])}
          aria-invalid={error ? true : undefined}
          aria-describedby={note}
        />
      </div>
      {error ? (
        <p id={`${fieldId}-error`} className={field['error']}>
          <CircleAlert size={14} aria-hidden />
          {error}
        </p>
      ) : (
        help && (
          <div id={`${fieldId}-help`} className={field['help']}>
            {help}
          </div>
        )
      )}
    </div>
  );
}
