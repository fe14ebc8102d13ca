/** What goes out in one's name without one: a greeting, and that one is away. Shown as the customer will see it while one types. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from '../../lib/use-form.ts';
import { CardForm } from '../../ui/card-form.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { toast } from '../../ui/toast.tsx';
import { ReplyPreview } from './reply-preview.tsx';
import { WorkingHours } from './working-hours.tsx';
import { faultsOfReplies, readReplies, writeReplies, type Replies } from './replies.ts';
import { changeOptIn, type OptIn } from './queries.ts';

export function AutomaticRepliesCard({ optIn }: { optIn: OptIn }) {
  const client = useQueryClient();
  const [saved, setSaved] = useState(() => readReplies(optIn.auto_responses));
  const [replies, setReplies] = useState(saved);
  const change = (part: Partial<Replies>) => setReplies((known) => ({ ...known, ...part }));
  const form = useForm(
    () => faultsOfReplies(replies),
    async () => {
      await changeOptIn(client, { enabled: optIn.enabled, auto_responses: writeReplies(replies) });
      setSaved(replies);
      toast('Your automatic replies are saved.');
    },
  );
  const unchanged = JSON.stringify(saved) === JSON.stringify(replies);
  return (
    <CardForm
      form={form}
      title="Automatic replies"
      about="Sent in your name, marked as automatic in the thread. Never to people who are blocked or who wrote STOP."
      unchanged={unchanged}
    >
      <Checkbox
        label="Greet new customers"
        help="Once, in answer to somebody’s first message on a number."
        checked={replies.greets}
        onChange={(greets) => change({ greets })}
      />
      {replies.greets && (
        <>
          <TextArea
            label="Greeting"
            maxLength={1000}
            {...form.keptField('greeting', replies.greeting, (text) => change({ greeting: text }))}
          />
          <ReplyPreview text={replies.greeting} signature={optIn.preview} />
        </>
      )}
      <Checkbox
        label="Say when you are away"
        help="To messages outside your hours, at most once in 12 hours in a conversation."
        checked={replies.isAwayTold}
        onChange={(isAwayTold) => change({ isAwayTold })}
      />
      {replies.isAwayTold && (
        <>
          <TextArea
            label="While you are away"
            maxLength={1000}
            {...form.keptField('away', replies.away, (text) => change({ away: text }))}
          />
          <WorkingHours replies={replies} faults={form.faults} onChange={change} />
          {replies.further.length > 0 && <p>A program has set further hours beside these. They are kept.</p>}
          <ReplyPreview text={replies.away} signature={optIn.preview} />
        </>
      )}
    </CardForm>
  );
}
