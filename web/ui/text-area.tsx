/** A labelled text of several lines with its help and its error. */
import type { ComponentProps } from 'react';
import { classNames } from '../lib/class-names.ts';
import { FieldFrame, type FieldProps } from './field-frame.tsx';
import field from './text-field.module.css';
import styles from './text-area.module.css';

type TextAreaProps = ComponentProps<'textarea'> & FieldProps;

export function TextArea({ label, help, error, className, id, rows = 3, ...textarea }: TextAreaProps) {
  return (
    <FieldFrame {...{ label, help, error, className, id }} boxClassName={styles['box']}>
      {(ties) => (
        <textarea
          dir="auto"
          {...textarea}
          {...ties}
          rows={rows}
          className={classNames(field['input'], styles['textarea'])}
        />
      )}
    </FieldFrame>
  );
}
