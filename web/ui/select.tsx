/**
 * A choice from a short list: the browser's own select, which every keyboard, phone and screen reader knows. Radix's injects
 * style elements, which the Content-Security-Policy refuses.
 */
import { ChevronDown, CircleAlert } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import field from './text-field.module.css';
import styles from './select.module.css';

type SelectProps = Omit<ComponentProps<'select'>, 'size' | 'multiple'> & {
  label: string;
  help?: ReactNode;
  error?: string | null;
  options: { value: string; label: string; disabled?: boolean }[];
};

export function Select({ label, help, error, options, className, id, ...select }: SelectProps) {
  const ownId = useId();
  const fieldId = id ?? ownId;
  const note = error ? `${fieldId}-error` : help ? `${fieldId}-help` : undefined;
  return (
    <div className={classNames(field['field'], className)}>
      <label htmlFor={fieldId} className={field['label']}>
        {label}
      </label>
      <div className={classNames(field['box'], styles['box'], error ? field['invalid'] : null)}>
        <select
          {...select}
          id={fieldId}
          className={classNames(field['input'], styles['select'])}
          aria-invalid={error ? true : undefined}
          aria-describedby={note}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown size={16} className={styles['arrow']} aria-hidden />
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
