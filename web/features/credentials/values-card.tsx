/** The values in use and where each comes from. Secrets stay masked until somebody proves who they are, and again after a minute. */
import { useMutation } from '@tanstack/react-query';
import { Eye, EyeOff } from 'lucide-react';
import { useEffect } from 'react';
import { ApiError, describeError } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { toast } from '../../ui/toast.tsx';
import { revealConfig, type ConfigOverview, type TenantConfig } from './queries.ts';
import { labelOf, secretOf, sourceWords, unshownWords, VALUE_ORDER } from './words.ts';
import styles from './credentials.module.css';

const HIDE_AFTER_MS = 60_000;

export function ValuesCard({ overview }: { overview: ConfigOverview }) {
  const reveal = useMutation({
    mutationFn: revealConfig,
    gcTime: 0,
    onError: (error) =>
      error instanceof ApiError && error.code === 'auth.sign_in_again'
        ? undefined
        : toast(describeError(error), { tone: 'bad' }),
  });
  const { data: full, reset } = reveal;
  useEffect(() => {
    if (!full) return;
    const timer = setTimeout(reset, HIDE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [full, reset]);
  const values = overview.values.toSorted(
    (a, b) => VALUE_ORDER.indexOf(a.name) - VALUE_ORDER.indexOf(b.name),
  );
  return (
    <Card
      title="What is in use"
      about="Your own values first; where you have none, those that whoever runs this install meant for everybody."
      aside={
        overview.config &&
        (full ? (
          <Button size="s" icon={<EyeOff size={14} aria-hidden />} onClick={reset}>
            Hide
          </Button>
        ) : (
          <Button
            size="s"
            icon={<Eye size={14} aria-hidden />}
            busy={reveal.isPending}
            onClick={() => reveal.mutate()}
          >
            Reveal
          </Button>
        ))
      }
    >
      <dl className={styles['values']}>
        {values.map((value) => (
          <ValueRow key={value.name} value={value} full={full} />
        ))}
      </dl>
    </Card>
  );
}

type RowProps = { value: ConfigOverview['values'][number]; full: TenantConfig | undefined };

function ValueRow({ value: { name, source, value }, full }: RowProps) {
  const { label, tone } = sourceWords(source);
  const shown = (source === 'database' && full && secretOf(name, full)) || value;
  return (
    <div className={styles['value']}>
      <dt>{labelOf(name)}</dt>
      <dd className={styles['what']}>
        {shown ?? <span className={styles['none']}>{unshownWords(source)}</span>}
      </dd>
      <dd>
        <Badge tone={tone}>{label}</Badge>
      </dd>
    </div>
  );
}
