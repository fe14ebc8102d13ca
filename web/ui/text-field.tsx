/** A labelled input with its help and its error. */
import type { ComponentProps, ReactNode } from 'react';
import { FieldFrame, type FieldProps } from './field-frame.tsx';
import styles from './text-field.module.css';

type TextFieldProps = Omit<ComponentProps<'input'>, 'size'> &
  FieldProps & {
    /** Stands inside the field, at its end. */
    trailing?: ReactNode;
    /** Stands at the end of the label's line. */
    aside?: ReactNode;
  };

export function TextField({ label, help, error, trailing, aside, className, id, ...input }: TextFieldProps) {
  return (
    <FieldFrame {...{ label, help, error, aside, className, id }}>
      {(ties) => (
        <>
          <input {...input} {...ties} className={styles['input']} />
          {trailing}
        </>
      )}
    </FieldFrame>
  );
}
