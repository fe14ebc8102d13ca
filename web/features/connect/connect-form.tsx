/** The id of the account and a token that may use it, with where to find both. */
import { useState, type SubmitEvent } from 'react';
import { ApiError, describeError } from '../../lib/api.ts';
import { fieldText } from '../../lib/form-fields.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { beginWithToken, type Connection } from './queries.ts';
import styles from './connect-page.module.css';

type Faults = { waba_id?: string | null; access_token?: string | null };

function checkFields(wabaId: string, token: string): Faults {
  return {
    waba_id: /^\d{1,32}$/u.test(wabaId) ? null : 'Enter the account’s id: digits only.',
    access_token: /^\S{10,2000}$/u.test(token) ? null : 'Paste the whole access token, without spaces.',
  };
}

export function ConnectForm({ onBegun }: { onBegun: (connection: Connection) => void }) {
  const [faults, setFaults] = useState<Faults>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const waba_id = fieldText(form, 'waba_id');
    const access_token = fieldText(form, 'access_token');
    const found = checkFields(waba_id, access_token);
    setFaults(found);
    setProblem(null);
    if (found.waba_id || found.access_token) return;
    setBusy(true);
    try {
      onBegun(await beginWithToken({ waba_id, access_token }));
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : [];
      setFaults(Object.fromEntries(fields.map((field) => [field.path, field.message])));
      if (fields.length === 0) setProblem(describeError(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <section className={styles['card']} aria-labelledby="connect-title">
      <div>
        <h2 id="connect-title" className={styles['cardTitle']}>
          Connect with an access token
        </h2>
        <p className={styles['cardText']}>You find both values in Meta’s Business Settings.</p>
      </div>
      <form className={styles['form']} onSubmit={(event) => void onSubmit(event)} noValidate>
        {problem && <Callout tone="bad">{problem}</Callout>}
        <TextField
          label="WhatsApp Business Account ID"
          name="waba_id"
          inputMode="numeric"
          autoComplete="off"
          spellCheck={false}
          error={faults.waba_id ?? null}
          onChange={() => setFaults({ ...faults, waba_id: null })}
          help="Business Settings → Accounts → WhatsApp accounts. A number of about 15 digits."
        />
        <TextField
          label="Access token"
          name="access_token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          error={faults.access_token ?? null}
          onChange={() => setFaults({ ...faults, access_token: null })}
          help="A system user’s token with whatsapp_business_management and whatsapp_business_messaging. It is stored encrypted and never shown again."
        />
        <Button type="submit" variant="primary" busy={busy} size="l">
          Connect
        </Button>
      </form>
    </section>
  );
}
