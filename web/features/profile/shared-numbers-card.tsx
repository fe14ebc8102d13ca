/** Opting in to numbers that several people share. Each switch counts at once and can be undone. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { describeError } from '../../lib/api.ts';
import { shortDate } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';
import { changeOptIn, type OptIn } from './queries.ts';

type Choice = Pick<OptIn, 'enabled' | 'notifications_enabled'>;

export function SharedNumbersCard({ optIn }: { optIn: OptIn }) {
  const client = useQueryClient();
  const now = useNow();
  const save = useMutation({
    mutationFn: (choice: Choice) => changeOptIn(client, choice),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  const { enabled, notifications_enabled } = save.isPending ? save.variables : optIn;

  async function choose(choice: Choice) {
    const before = { enabled: optIn.enabled, notifications_enabled: optIn.notifications_enabled };
    await save.mutateAsync(choice).then(
      () =>
        choice.enabled !== before.enabled &&
        toast(choice.enabled ? 'You take part in shared numbers.' : 'You no longer take part.', {
          action: { label: 'Undo', run: () => save.mutate(before) },
        }),
      () => undefined,
    );
  }

  return (
    <Card
      title="Shared numbers"
      about="On a central number several people answer. Your renters reach you there only if you take part."
      aside={
        optIn.opted_in_at ? (
          <Badge tone="good">Since {shortDate(new Date(optIn.opted_in_at), now)}</Badge>
        ) : (
          <Badge>Not taking part</Badge>
        )
      }
    >
      <Switch
        label="Take part"
        help="Messages of people who rent from you come to your inbox. Without it they wait for an owner to assign them. Each change is kept with its date, as proof of your consent."
        checked={enabled}
        onChange={(on) => void choose({ enabled: on, notifications_enabled })}
      />
      <Switch
        label="Notifications"
        help="Whether programs that notify people may tell you about new messages on shared numbers."
        checked={notifications_enabled}
        disabled={!enabled}
        onChange={(on) => void choose({ enabled, notifications_enabled: on })}
      />
    </Card>
  );
}
