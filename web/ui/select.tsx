/**
 * A choice from a short list: the browser's own select, which every keyboard, phone and screen reader knows. Radix's injects
 * style elements, which the Content-Security-Policy refuses.
 */
import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classNames } from '../lib/class-names.ts';
import { FieldFrame, type FieldProps } from './field-frame.tsx';
import field from './text-field.module.css';
import styles from './select.module.css';

type SelectProps = Omit<ComponentProps<'select'>, 'size' | 'multiple'> &
  FieldProps & {
    options: { value: string; label: string; disabled?: boolean }[];
  };

export function Select({ label, help, error, options, className, id, ...select }: SelectProps) {
  return (
    <FieldFrame {...{ label, help, error, className, id }} boxClassName={styles['box']}>
      {(ties) => (
        <>
          <select {...select} {...ties} className={classNames(field['input'], styles['select'])}>
            {options.map((option) => (
              <option key={option.value} value={option.value} disabled={option.disabled}>
                {option.label}
              </option>
            ))}
          </select>
          <ChevronDown size={16} className={styles['arrow']} aria-hidden />
        </>
      )}
    </FieldFrame>
  );
}
