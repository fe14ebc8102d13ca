/** Something that is on or off and counts at once, with its words beside it. What needs "Save" is a checkbox instead. */
import { Switch as Base } from 'radix-ui';
import { useId } from 'react';
import { ControlWords, namedByWords, type ControlWordsProps } from './control-words.tsx';
import styles from './switch.module.css';

type SwitchProps = ControlWordsProps & {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
};

export function Switch({ label, help, checked, onChange, disabled = false }: SwitchProps) {
  const id = useId();
  return (
    <div className={styles['row']}>
      <ControlWords id={id} label={label} help={help} />
      <Base.Root
        {...namedByWords(id, help)}
        className={styles['switch']}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
      >
        <Base.Thumb className={styles['thumb']} />
      </Base.Root>
    </div>
  );
}
