/** Entering and changing the organization's own values. Masked ones stay as they are unless something else is typed. */
import { useQueryClient } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { useState } from 'react';
import { fieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { saveConfig, type ConfigBody, type TenantConfig } from './queries.ts';
import { faultOf, FIELDS, type Field } from './words.ts';
import styles from './credentials.module.css';

/** 256 random bits that fit into a form of Meta's. */
function newVerifyToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const valuesOf = (config: TenantConfig | null) =>
  Object.fromEntries(FIELDS.map(({ name }) => [name, config?.[name] ?? ''])) as Record<Field['name'], string>;

/** `tag` is the version of the configuration. */
export function FormCard({ config, tag }: { config: TenantConfig | null; tag: string | null }) {
  const client = useQueryClient();
  const before = valuesOf(config);
  const [values, setValues] = useState(before);
  const changed = FIELDS.filter(({ name }) => values[name].trim() !== before[name]);
  const form = useForm(
    (data) =>
      Object.fromEntries(FIELDS.map((field) => [field.name, faultOf(field, fieldText(data, field.name))])),
    async () => {
      const body: ConfigBody = Object.fromEntries(changed.map(({ name }) => [name, values[name].trim()]));
      await saveConfig(client, body, config && tag);
      toast('Your credentials are saved.');
    },
  );
  const set = (name: Field['name'], value: string) => {
    setValues((known) => ({ ...known, [name]: value }));
    form.clearFault(name);
  };
  return (
    <form onSubmit={(event) => void form.onSubmit(event)} noValidate>
      <Card
        title={config ? 'Your values' : 'Your own Meta app'}
        about="Fill in what is yours and leave the rest empty. Secrets are encrypted as soon as they arrive."
        footer={
          <>
            <span>
              {config
                ? 'Emptying a field takes its value away.'
                : 'Nothing is shared with other organizations.'}
            </span>
            <Button type="submit" variant="primary" busy={form.busy} disabled={changed.length === 0}>
              Save
            </Button>
          </>
        }
      >
        <div className={styles['stack']}>
          <FormProblem problem={form.problem} />
          {FIELDS.map((field) => (
            <TextField
              key={field.name}
              name={field.name}
              label={field.label}
              help={field.help}
              inputMode={field.inputMode ?? 'text'}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              value={values[field.name]}
              error={form.faults[field.name] ?? null}
              onFocus={(event) => field.isSecret && event.target.select()}
              onChange={(event) => set(field.name, event.target.value)}
              aside={
                field.name === 'verify_token' && (
                  <Button
                    size="s"
                    variant="ghost"
                    icon={<Sparkles size={14} aria-hidden />}
                    onClick={() => set('verify_token', newVerifyToken())}
                  >
                    Generate
                  </Button>
                )
              }
            />
          ))}
        </div>
      </Card>
    </form>
  );
}
