/** The line above one's replies on a shared number, shown as the customer will see it while one types. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DEFAULT_SIGNATURE, LONGEST_SIGNATURE, signatureOf } from '../../../src/modules/rentals/contract.ts';
import { fieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { CardForm } from '../../ui/card-form.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { organizationQuery } from '../organization/queries.ts';
import { useMe } from '../shell/use-me.ts';
import { changeOptIn, type OptIn } from './queries.ts';
import styles from './signature-card.module.css';

export function SignatureCard({ optIn }: { optIn: OptIn }) {
  const client = useQueryClient();
  const { user, organization } = useMe();
  const settings = useQuery(organizationQuery).data;
  const brand = settings ? (settings.brand_name ?? settings.install_brand_name) : organization.name;
  const saved = optIn.signature ?? DEFAULT_SIGNATURE;
  const [written, setWritten] = useState(saved);
  const text = written.trim();
  const own = text === '' || text === DEFAULT_SIGNATURE ? null : text;
  const form = useForm(
    () => ({ signature: /[\r\n]/u.test(text) ? 'A signature is one line.' : null }),
    async (data) => {
      const given = fieldText(data, 'signature');
      const signature = given === '' || given === DEFAULT_SIGNATURE ? null : given;
      await changeOptIn(client, { enabled: optIn.enabled, signature });
      toast('Your signature is saved.');
    },
  );
  return (
    <CardForm
      form={form}
      title="Signature"
      about="Stands above your replies on shared numbers, so that customers know who writes. Never on templates."
      hint={
        own !== null && (
          <Button variant="ghost" size="s" onClick={() => setWritten(DEFAULT_SIGNATURE)}>
            Use the usual one
          </Button>
        )
      }
      unchanged={own === optIn.signature}
    >
      <TextField
        label="Your signature"
        maxLength={LONGEST_SIGNATURE}
        spellCheck={false}
        {...form.keptField('signature', written, setWritten)}
        help={
          <>
            <code>{'{name}'}</code> becomes your name, <code>{'{brand}'}</code> becomes {brand}.
          </>
        }
      />
      <div>
        <p className={styles['caption']}>What the customer sees</p>
        <div className={styles['phone']} aria-live="polite">
          <div className={styles['bubble']}>
            <strong>{signatureOf({ name: user.name, own }, brand)}</strong>
            <span>Good morning! The plumber comes on Tuesday at nine.</span>
          </div>
        </div>
      </div>
    </CardForm>
  );
}
