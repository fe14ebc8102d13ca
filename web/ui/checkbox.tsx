/** A choice inside a form, with its words. */
import { Check } from 'lucide-react';
import { Checkbox as Base } from 'radix-ui';
import { useId, type ReactNode } from 'react';
import styles from './checkbox.module.css';

type CheckboxProps = {
  label: ReactNode;
  help?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
};

export function Checkbox({ label, help, checked, onChange, disabled = false }: CheckboxProps) {
  const id = useId();
  return (
    <div className={styles['row']}>
      <Base.Root
        id={id}
        className={styles['box']}
        checked={checked}
        onCheckedChange={(state) => onChange(state === true)}
        disabled={disabled}
        aria-describedby={help ? `${id}-help` : undefined}
      >
        <Base.Indicator>
          <Check size={13} strokeWidth={3} aria-hidden />
        </Base.Indicator>
      </Base.Root>
      <div className={styles['words']}>
        <label htmlFor={id} className={styles['label']}>
          {label}
        </label>
        {help && (
          <div id={`${id}-help`} className={styles['help']}>
            {help}
          </div>
        )}
      </div>
    </div>
  );
}
