/** Opting in to numbers that several people share. The switch counts at once and can be undone. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { describeError } from '../../lib/api.ts';
import { shortDate } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';
import { changeOptIn, type OptIn } from './queries.ts';

export function SharedNumbersCard({ optIn }: { optIn: OptIn }) {
  const client = useQueryClient();
  const now = useNow();
  const save = useMutation({
    mutationFn: (isOn: boolean) => changeOptIn(client, { enabled: isOn }),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  const enabled = save.isPending ? save.variables : optIn.enabled;

  async function choose(isOn: boolean) {
    const { enabled: before } = optIn;
    await save.mutateAsync(isOn).then(
      () =>
        isOn !== before &&
        toast(isOn ? 'You take part in shared numbers.' : 'You no longer take part.', {
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
        onChange={(on) => void choose(on)}
      />
    </Card>
  );
}
