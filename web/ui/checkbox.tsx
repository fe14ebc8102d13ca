/** A choice inside a form, with its words. */
import { Check } from 'lucide-react';
import { Checkbox as Base } from 'radix-ui';
import { useId } from 'react';
import { ControlWords, namedByWords, type ControlWordsProps } from './control-words.tsx';
import styles from './checkbox.module.css';

type CheckboxProps = ControlWordsProps & {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
};

export function Checkbox({ label, help, checked, onChange, disabled = false }: CheckboxProps) {
  const id = useId();
  return (
    <div className={styles['row']}>
      <Base.Root
        {...namedByWords(id, help)}
        className={styles['box']}
        checked={checked}
        onCheckedChange={(state) => onChange(state === true)}
        disabled={disabled}
      >
        <Base.Indicator>
          <Check size={13} strokeWidth={3} aria-hidden />
        </Base.Indicator>
      </Base.Root>
      <ControlWords id={id} label={label} help={help} />
    </div>
  );
}
