/** Whether messages that no rule places go to the first person instead of waiting. Counts at once. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { describeError } from '../../lib/api.ts';
import { Card } from '../../ui/card.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';
import { changeOrganization, type OrganizationSettings } from './queries.ts';

export function SingleUserCard({ settings }: { settings: OrganizationSettings }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (single_user_mode: boolean) => changeOrganization(client, { single_user_mode }),
    onSuccess: (_answer, on) =>
      toast(on ? 'The first person gets what no rule places.' : 'What no rule places waits to be assigned.', {
        action: { label: 'Undo', run: () => save.mutate(!on) },
      }),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  return (
    <Card title="Routing">
      <Switch
        label="Single-user mode"
        help="Messages that no rule places go to whoever registered first. Good for a business of one; leave it off when several people answer, so that such messages wait for an owner to assign them."
        checked={save.isPending ? save.variables : settings.single_user_mode}
        onChange={(on) => save.mutate(on)}
      />
    </Card>
  );
}
