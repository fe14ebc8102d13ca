/** Something that is on or off and counts at once, with its words beside it. What needs "Save" is a checkbox instead. */
import { Switch as Base } from 'radix-ui';
import { useId, type ReactNode } from 'react';
import styles from './switch.module.css';

type SwitchProps = {
  label: string;
  /** What it means to have it on. */
  help?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
};

export function Switch({ label, help, checked, onChange, disabled = false }: SwitchProps) {
  const id = useId();
  return (
    <div className={styles['row']}>
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
      <Base.Root
        id={id}
        className={styles['switch']}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-describedby={help ? `${id}-help` : undefined}
      >
        <Base.Thumb className={styles['thumb']} />
      </Base.Root>
    </div>
  );
}
