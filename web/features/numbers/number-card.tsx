/** One number: what Meta says of it, how it routes, and who answers. Changes count at once. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Dotted } from '../../ui/dotted.tsx';
import { Select } from '../../ui/select.tsx';
import { toast } from '../../ui/toast.tsx';
import {
  assignNumber,
  changeNumber,
  colleaguesQuery,
  registerNumber,
  type NumberMode,
  type NumberSettings,
} from './queries.ts';
import { PinSection } from './pin-section.tsx';
import { RoutingOrder } from './routing-order.tsx';
import { defaultRouting } from './routing.ts';
import styles from './numbers-page.module.css';

const modeHelp: Record<NumberMode, string> = {
  dedicated: 'One person answers on this number.',
  central: 'Many share this number: the sender’s lease decides who answers, and replies are signed.',
};
const whoHelp: Record<NumberMode, string> = {
  dedicated: 'Messages of new customers go to this person.',
  central: 'Counts only where “Person of the number” is in the order below.',
};
const tones: Record<string, 'good' | 'warn' | 'bad'> = { GREEN: 'good', YELLOW: 'warn', RED: 'bad' };

/** Meta's words in capitals, as people write them. */
const inWords = (word: string) => (word.charAt(0) + word.slice(1).toLowerCase()).replaceAll('_', ' ');

/** Runs one change at a time and says what went wrong. */
function useChange() {
  const [busy, setBusy] = useState(false);
  async function run(work: () => Promise<unknown>, done: string) {
    setBusy(true);
    try {
      await work();
      toast(done);
    } catch (error) {
      toast(describeError(error), { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  }
  return { busy, run };
}

export function NumberCard({ number, canManage }: { number: NumberSettings; canManage: boolean }) {
  const quality = number.quality_rating;
  return (
    <Card
      title={number.display_phone_number}
      about={
        <Dotted
          facts={[number.verified_name, number.username && `@${number.username}`, number.account_name]}
        />
      }
      aside={
        number.gone_at ? (
          <Badge tone="bad">No longer in the account</Badge>
        ) : (
          <Badge tone={number.is_registered ? 'good' : 'bad'}>
            {number.is_registered ? 'Registered' : 'Not registered'}
          </Badge>
        )
      }
    >
      <dl className={styles['facts']}>
        <Fact name="Quality">
          {quality === null || quality === 'UNKNOWN' ? (
            'Not known'
          ) : (
            <Badge tone={tones[quality] ?? 'plain'}>{inWords(quality)}</Badge>
          )}
        </Fact>
        <Fact name="Messaging limit">{number.messaging_limit?.replace(/^TIER_/u, '') ?? 'Not known'}</Fact>
        <Fact name="Status">{inWords(number.status)}</Fact>
      </dl>
      {!number.is_registered && !number.gone_at && <Registration number={number} canManage={canManage} />}
      {canManage ? <Settings number={number} /> : <ReadOnly number={number} />}
      {canManage && !number.gone_at && <PinSection number={number} />}
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Registration({ number, canManage }: { number: NumberSettings; canManage: boolean }) {
  const client = useQueryClient();
  const { busy, run } = useChange();
  return (
    <Callout
      tone="warn"
      action={
        canManage && (
          <Button
            size="s"
            busy={busy}
            onClick={() => void run(() => registerNumber(client, number), 'The number is registered.')}
          >
            Register
          </Button>
        )
      }
    >
      This number can neither send nor receive until it is registered.
    </Callout>
  );
}

function ReadOnly({ number }: { number: NumberSettings }) {
  return (
    <p className={styles['help']}>
      {modeHelp[number.mode]} An owner of your organization decides about mode, routing and who answers.
    </p>
  );
}

function Settings({ number }: { number: NumberSettings }) {
  const client = useQueryClient();
  const colleagues = useQuery(colleaguesQuery);
  const { busy, run } = useChange();
  const id = number.phone_number_id;
  const [answering] = number.answered_by;
  const rules = number.routing ?? defaultRouting[number.mode];
  const people = colleagues.data ?? [];
  return (
    <div className={styles['settings']}>
      <Select
        label="Mode"
        help={modeHelp[number.mode]}
        value={number.mode}
        disabled={busy}
        options={[
          { value: 'dedicated', label: 'Dedicated: one person answers' },
          { value: 'central', label: 'Central: shared by many' },
        ]}
        onChange={(event) => {
          const mode = event.target.value as NumberMode;
          void run(() => changeNumber(client, id, { mode }), `The number is ${mode} now.`);
        }}
      />
      <Select
        label="Who answers"
        help={
          number.answered_by.length > 1
            ? `${number.answered_by.map((one) => one.name).join(', ')} all name this number, so nobody is chosen. Choose one.`
            : whoHelp[number.mode]
        }
        value={number.answered_by.length === 1 ? (answering?.user_id ?? '') : ''}
        disabled={busy || colleagues.isPending}
        options={[
          { value: '', label: 'Nobody in particular' },
          ...people.map((person) => ({ value: person.id, label: person.name })),
        ]}
        onChange={(event) => {
          const userId = event.target.value === '' ? null : event.target.value;
          void run(() => assignNumber(client, id, userId), 'Saved who answers.');
        }}
      />
      <details className={styles['details']}>
        <summary>Who gets a message, in which order{number.routing === null ? '' : ' (your own)'}</summary>
        <div className={styles['order']}>
          <p className={styles['help']}>
            The first rule that finds somebody decides. What none decides waits in triage.
          </p>
          <RoutingOrder
            rules={rules}
            disabled={busy}
            onChange={(routing) =>
              void run(() => changeNumber(client, id, { routing }), 'The order is saved.')
            }
          />
          {number.routing !== null && (
            <Button
              size="s"
              disabled={busy}
              onClick={() =>
                void run(() => changeNumber(client, id, { routing: null }), 'Back to the default order.')
              }
            >
              Back to the default
            </Button>
          )}
        </div>
      </details>
    </div>
  );
}
