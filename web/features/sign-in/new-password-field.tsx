/** The field for a new password, with how easily it would be guessed while one types. The server has the last word. */
import { useEffect, useState, type ChangeEvent, type ComponentProps } from 'react';
import { classNames } from '../../lib/class-names.ts';
import { measurePassword, type Strength } from './measure-password.ts';
import { PasswordField } from './password-field.tsx';
import { shortestPassword } from './password-rules.ts';
import styles from './new-password-field.module.css';

type NewPasswordFieldProps = Omit<ComponentProps<typeof PasswordField>, 'help' | 'autoComplete'> & {
  /** What the password must not be made of: name, email, organization. */
  ownWords?: readonly string[];
};

export function NewPasswordField({ ownWords = [], onChange, ...field }: NewPasswordFieldProps) {
  const [password, setPassword] = useState('');
  const strength = useStrength(password, ownWords);
  return (
    <PasswordField
      {...field}
      autoComplete="new-password"
      onChange={(event: ChangeEvent<HTMLInputElement>) => {
        setPassword(event.target.value);
        onChange?.(event);
      }}
      help={<Hint password={password} strength={strength} />}
    />
  );
}

/** Null while nothing is typed or the measure is on its way. */
function useStrength(password: string, ownWords: readonly string[]): Strength | null {
  const [measured, setMeasured] = useState<{ password: string; strength: Strength } | null>(null);
  const words = ownWords.join('\n');
  useEffect(() => {
    if (password === '') return;
    let isCurrent = true;
    measurePassword(password, words.split('\n')).then(
      (strength) => {
        if (isCurrent) setMeasured({ password, strength });
      },
      // Without the measure there is no hint; the server decides anyway.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [password, words]);
  return password === '' ? null : (measured?.strength ?? null);
}

const words = [
  'Too easily guessed',
  'Too easily guessed',
  'Fair. One more word makes it good.',
  'Good',
  'Strong',
];

function Hint({ password, strength }: { password: string; strength: Strength | null }) {
  const isShort = password.length < shortestPassword;
  const steps = strength === null ? 0 : isShort ? 1 : Math.max(1, strength);
  return (
    <>
      <span className={styles['meter']} aria-hidden>
        {[1, 2, 3, 4].map((step) => (
          <i key={step} className={classNames(step <= steps && styles[`strength${steps}`])} />
        ))}
      </span>
      {isShort || strength === null
        ? `At least ${shortestPassword} characters. A few words in a row work well.`
        : words[strength]}
    </>
  );
}
