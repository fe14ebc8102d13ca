/** The words beside a switch or a checkbox: what it is, and below it what it means. */
import type { ReactNode } from 'react';
import styles from './control-words.module.css';

export type ControlWordsProps = {
  label: ReactNode;
  /** What it means to have it on. */
  help?: ReactNode;
};

/** What a control needs to be named and explained by its words; spread it on the control whose words have the same `id`. */
export function namedByWords(id: string, help: ReactNode) {
  return { id, 'aria-describedby': help ? `${id}-help` : undefined };
}

export function ControlWords({ id, label, help }: ControlWordsProps & { id: string }) {
  return (
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
  );
}
