/**
 * Some actions want that the person has just proven who they are. `withRecentSignIn` runs one; when the server asks for the proof, the
 * dialog that stands once in the app asks for the password, and the action runs again.
 */
import { useQuery } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { ApiError } from '../../lib/api.ts';
import { fieldText, rawFieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CodeField } from './code-field.tsx';
import { PasswordField } from './password-field.tsx';
import { meQuery, reauthenticate } from './queries.ts';
import styles from './confirm-identity.module.css';

type Question = { answer: (isProven: boolean) => void };

let asked: Question | null = null;
const listeners = new Set<() => void>();

function ask(question: Question | null): void {
  asked?.answer(false);
  asked = question;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Runs what may need a recent sign-in: `mutationFn: () => withRecentSignIn(() => deleteAll())`.
 * Rejects as the action does; with its `auth.sign_in_again` when the person closes the dialog.
 */
export async function withRecentSignIn<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'auth.sign_in_again') throw error;
    const isProven = await new Promise<boolean>((answer) => ask({ answer }));
    if (!isProven) throw error;
    return action();
  }
}

/** Stands once in the app. */
export function ConfirmIdentityDialog() {
  const question = useSyncExternalStore(subscribe, () => asked);
  const settle = (isProven: boolean) => {
    question?.answer(isProven);
    if (asked === question) {
      asked = null;
      for (const listener of listeners) listener();
    }
  };
  return (
    <Dialog
      open={question !== null}
      onOpenChange={(open) => !open && settle(false)}
      title="Confirm that it is you"
      description="This is one of the things that only you should do, even if you left this screen open."
      startsInField
    >
      <ProofForm onProven={() => settle(true)} onCancel={() => settle(false)} />
    </Dialog>
  );
}

function ProofForm({ onProven, onCancel }: { onProven: () => void; onCancel: () => void }) {
  const email = useQuery(meQuery).data?.user.email ?? '';
  const [needsCode, setNeedsCode] = useState(false);
  const form = useForm(
    (data) => ({
      password: rawFieldText(data, 'password') ? null : 'Enter your password.',
      code: needsCode && !fieldText(data, 'code') ? 'Enter a code.' : null,
    }),
    async (data) => {
      const code = fieldText(data, 'code');
      try {
        await reauthenticate({ password: rawFieldText(data, 'password'), ...(code && { code }) });
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'auth.code_required') throw error;
        setNeedsCode(true);
        return;
      }
      onProven();
    },
  );
  return (
    <form className={styles['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
      {form.problem && <Callout tone="bad">{form.problem}</Callout>}
      {/* Tells password managers whose password it is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordField label="Password" autoComplete="current-password" {...form.field('password')} />
      {needsCode && <CodeField autoFocus {...form.field('code')} />}
      <div className={styles['actions']}>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Continue
        </Button>
      </div>
    </form>
  );
}
