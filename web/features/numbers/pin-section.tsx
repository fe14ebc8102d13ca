/**
 * The two-step PIN of a number: setting or replacing it, and registering the number again. The PIN goes one way: it is typed here and
 * never shown.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rawFieldText } from '../../lib/form-fields.ts';
import { timeAgo } from '../../lib/time.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { registerNumber, setPin, type NumberSettings } from './queries.ts';
import styles from './numbers-page.module.css';

const SIX_DIGITS = /^\d{6}$/u;

const words: Record<Exclude<NumberSettings['pin_state'], 'refused'>, string> = {
  kept: 'A PIN is set and kept here, encrypted. It is asked for wherever the number is registered.',
  unconfirmed: 'Nobody knows whether Meta took the last PIN: the answer was lost. Set it again.',
  none: 'No PIN is known here. If the number has one, it was set elsewhere; a new one replaces it.',
};

const registerHelp: Record<NumberSettings['pin_state'], string> = {
  kept: 'Empty: the one that is kept here.',
  unconfirmed: 'Empty: the one that was tried last.',
  refused: 'The one that the number has at Meta. Empty: the one that was refused, once more.',
  none: 'Empty: a new one, if the number has none.',
};

function describePin({ pin_state: state, pin_refused_at: refusedAt }: NumberSettings): string {
  if (state !== 'refused') return words[state];
  const when = refusedAt === null ? '' : ` ${timeAgo(new Date(refusedAt), new Date())}`;
  return `Meta refused the PIN that is kept here${when}: it was changed elsewhere. Set a new one, or register again with the right one.`;
}

export function PinSection({ number }: { number: NumberSettings }) {
  const [asked, setAsked] = useState<'pin' | 'register' | null>(null);
  const close = () => setAsked(null);
  const verb = number.pin_state === 'none' ? 'Set a PIN' : 'Change the PIN';
  return (
    <section className={styles['pin']} aria-label="Two-step PIN">
      <div className={styles['pinWords']}>
        <h3 className={styles['pinTitle']}>Two-step PIN</h3>
        <p className={styles['help']}>{describePin(number)}</p>
      </div>
      <div className={styles['pinActions']}>
        <Button size="s" onClick={() => setAsked('pin')}>
          {verb}
        </Button>
        <Button size="s" onClick={() => setAsked('register')}>
          Register again
        </Button>
      </div>
      <Dialog
        open={asked === 'pin'}
        onOpenChange={close}
        title={`${verb} of ${number.display_phone_number}`}
        description="Meta asks for these six digits whenever the number is registered, here or elsewhere."
      >
        <NewPinForm number={number} onDone={close} />
      </Dialog>
      <Dialog
        open={asked === 'register'}
        onOpenChange={close}
        title={`Register ${number.display_phone_number} again`}
        description="For a number that Meta lost or that was registered elsewhere. Meta allows it ten times in 72 hours."
      >
        <RegisterForm number={number} onDone={close} />
      </Dialog>
    </section>
  );
}

type FormProps = { number: NumberSettings; onDone: () => void };

function NewPinForm({ number, onDone }: FormProps) {
  const client = useQueryClient();
  const form = useForm(
    (data) => ({
      pin: SIX_DIGITS.test(rawFieldText(data, 'pin')) ? null : 'Enter six digits.',
      again: rawFieldText(data, 'again') === rawFieldText(data, 'pin') ? null : 'This is not the same PIN.',
    }),
    async (data) => {
      await setPin(client, number, rawFieldText(data, 'pin'));
      toast('The PIN is set.');
      onDone();
    },
  );
  return (
    <form className={styles['pinForm']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
      {form.problem && <Callout tone="bad">{form.problem}</Callout>}
      <PinField name="pin" label="New PIN" form={form} autoFocus />
      <PinField name="again" label="New PIN, again" form={form} />
      <FormActions verb="Set PIN" busy={form.busy} onCancel={onDone} />
    </form>
  );
}

function RegisterForm({ number, onDone }: FormProps) {
  const client = useQueryClient();
  const form = useForm(
    (data) => {
      const pin = rawFieldText(data, 'pin');
      return { pin: pin === '' || SIX_DIGITS.test(pin) ? null : 'Enter six digits, or nothing.' };
    },
    async (data) => {
      await registerNumber(client, number, rawFieldText(data, 'pin') || undefined);
      toast('The number is registered.');
      onDone();
    },
  );
  return (
    <form className={styles['pinForm']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
      {form.problem && <Callout tone="bad">{form.problem}</Callout>}
      <PinField name="pin" label="Two-step PIN" form={form} help={registerHelp[number.pin_state]} />
      <FormActions verb="Register" busy={form.busy} onCancel={onDone} />
    </form>
  );
}

type PinFieldProps = {
  name: string;
  label: string;
  form: Pick<ReturnType<typeof useForm>, 'field'>;
  help?: string;
  autoFocus?: boolean;
};

/** Hidden like a password, and kept out of what the browser remembers. */
function PinField({ name, label, form, help, autoFocus = false }: PinFieldProps) {
  return (
    <TextField
      type="password"
      inputMode="numeric"
      autoComplete="off"
      maxLength={6}
      label={label}
      autoFocus={autoFocus}
      {...(help === undefined ? {} : { help })}
      {...form.field(name)}
    />
  );
}

function FormActions({ verb, busy, onCancel }: { verb: string; busy: boolean; onCancel: () => void }) {
  return (
    <div className={styles['pinActions']}>
      <Button onClick={onCancel}>Cancel</Button>
      <Button type="submit" variant="primary" busy={busy}>
        {verb}
      </Button>
    </div>
  );
}
