/** The id of the account and a token that may use it, with where to find both. */
import { fieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { beginWithToken, type Connection } from './queries.ts';
import styles from './connect-page.module.css';

export function ConnectForm({ onBegun }: { onBegun: (connection: Connection) => void }) {
  const form = useForm(
    (data) => ({
      waba_id: /^\d{1,32}$/u.test(fieldText(data, 'waba_id')) ? null : 'Enter the account’s id: digits only.',
      access_token: /^\S{10,2000}$/u.test(fieldText(data, 'access_token'))
        ? null
        : 'Paste the whole access token, without spaces.',
    }),
    async (data) =>
      onBegun(
        await beginWithToken({
          waba_id: fieldText(data, 'waba_id'),
          access_token: fieldText(data, 'access_token'),
        }),
      ),
  );
  return (
    <section className={styles['card']} aria-labelledby="connect-title">
      <div>
        <h2 id="connect-title" className={styles['cardTitle']}>
          Connect with an access token
        </h2>
        <p className={styles['cardText']}>You find both values in Meta’s Business Settings.</p>
      </div>
      <form className={styles['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
        {form.problem && <Callout tone="bad">{form.problem}</Callout>}
        <TextField
          label="WhatsApp Business Account ID"
          autoFocus
          inputMode="numeric"
          autoComplete="off"
          spellCheck={false}
          {...form.field('waba_id')}
          help="Business Settings → Accounts → WhatsApp accounts. A number of about 15 digits."
        />
        <TextField
          label="Access token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          {...form.field('access_token')}
          help="A system user’s token with whatsapp_business_management and whatsapp_business_messaging. It is stored encrypted and never shown again."
        />
        <Button type="submit" variant="primary" busy={form.busy} size="l">
          Connect
        </Button>
      </form>
    </section>
  );
}
