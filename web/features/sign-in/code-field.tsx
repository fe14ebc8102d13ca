/** The field for the code of an authenticator app, or for a recovery code when the app is out of reach. */
import { useState } from 'react';
import { TextField } from '../../ui/text-field.tsx';
import styles from './code-field.module.css';

type CodeFieldProps = { name?: string; error?: string | null; onChange?: () => void; autoFocus?: boolean };

export function CodeField({ name = 'code', error = null, onChange, autoFocus = false }: CodeFieldProps) {
  const [isRecovery, setRecovery] = useState(false);
  const shared = { name, error, onChange, autoFocus, autoCapitalize: 'none', spellCheck: false };
  return (
    <div className={styles['field']}>
      {isRecovery ? (
        <TextField
          {...shared}
          key="recovery"
          label="Recovery code"
          autoComplete="off"
          maxLength={40}
          placeholder="xxxx-xxxx-xxxx-xxxx"
          autoFocus
          help="One of the ten that you kept when you turned the second factor on. Each works once."
        />
      ) : (
        <TextField
          {...shared}
          key="app"
          label="Code"
          autoComplete="one-time-code"
          inputMode="numeric"
          // A recovery code that is typed here is taken as one.
          maxLength={40}
          className={styles['digits'] ?? ''}
          help="Six digits from your authenticator app."
        />
      )}
      <button type="button" className={styles['other']} onClick={() => setRecovery(!isRecovery)}>
        {isRecovery ? 'Use a code of the app instead' : 'Use a recovery code instead'}
      </button>
    </div>
  );
}
