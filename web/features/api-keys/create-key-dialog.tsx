/** Making a key: its name, what it may, until when; then the key, the one time that it is shown. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keyScopes } from '../../../src/modules/auth/contract.ts';
import { fieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useMe } from '../shell/use-me.ts';
import { apiKeysQuery, makeApiKey, type MadeApiKey } from './queries.ts';
import { wordsForScope } from './scope-words.ts';
import styles from './api-keys.module.css';

type CreateKeyDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

export function CreateKeyDialog({ open, onOpenChange }: CreateKeyDialogProps) {
  const [made, setMade] = useState<MadeApiKey | null>(null);
  const close = (isOpen: boolean) => {
    onOpenChange(isOpen);
    if (!isOpen) setMade(null);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={made ? 'Your new key' : 'New API key'}
      stays={made !== null}
    >
      {made ? (
        <div className={styles['form']}>
          <Callout tone="warn">Copy the key now. It is not shown again, and nobody can look it up.</Callout>
          <CopyField label="API key" value={made.key} />
          <p className={styles['note']}>
            Programs send it as <code>Authorization: Bearer sb_…</code>
          </p>
          <div className={styles['actions']}>
            <Button variant="primary" onClick={() => close(false)}>
              Done
            </Button>
          </div>
        </div>
      ) : (
        <KeyForm onCancel={() => close(false)} onMade={setMade} />
      )}
    </Dialog>
  );
}

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: 'never', label: 'Until it is revoked' },
];

function expiryOf(lifetime: string): string | null {
  return lifetime === 'never' ? null : new Date(Date.now() + Number(lifetime) * 86_400_000).toISOString();
}

type KeyFormProps = { onCancel: () => void; onMade: (made: MadeApiKey) => void };

function KeyForm({ onCancel, onMade }: KeyFormProps) {
  const client = useQueryClient();
  const { permissions } = useMe();
  const offered = keyScopes.filter((scope) => permissions.includes(scope));
  const [scopes, setScopes] = useState<typeof offered>(['self:read', 'conversations:read']);
  const form = useForm(
    (data) => ({
      name: fieldText(data, 'name') ? null : 'Name the program that will use it.',
      scopes: scopes.length > 0 ? null : 'Choose at least one thing that it may do.',
    }),
    async (data) => {
      const made = await makeApiKey({
        name: fieldText(data, 'name'),
        scopes: offered.filter((scope) => scopes.includes(scope)),
        expires_at: expiryOf(fieldText(data, 'lifetime')),
      });
      await client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
      onMade(made);
    },
  );
  const problem = form.problem ?? form.faults['scopes'];
  return (
    <form className={styles['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
      {problem && <Callout tone="bad">{problem}</Callout>}
      <TextField
        label="Name"
        placeholder="Nightly report"
        autoComplete="off"
        maxLength={100}
        autoFocus
        {...form.field('name')}
      />
      <Select label="Works for" name="lifetime" defaultValue="90" options={lifetimes} />
      <fieldset className={styles['scopeList']}>
        <legend>It may</legend>
        {offered.map((scope) => (
          <Checkbox
            key={scope}
            {...wordsForScope(scope)}
            checked={scopes.includes(scope)}
            onChange={(on) => {
              setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));
              form.clearFault('scopes');
            }}
          />
        ))}
      </fieldset>
      <div className={styles['actions']}>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Make the key
        </Button>
      </div>
    </form>
  );
}
