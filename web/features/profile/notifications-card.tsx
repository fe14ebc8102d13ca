/** Notices of new messages by the computer itself. The wish is the person's, on all their browsers; each browser is allowed to apart. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';
import { askToNotify, noticePermission, type NoticePermission } from '../notifications/permission.ts';
import { changeOptIn, type OptIn } from './queries.ts';

const hints: Partial<Record<NoticePermission, string>> = {
  denied:
    'This browser does not let Switchboard notify you. Allow notifications for this address in the browser’s own settings, then turn them on here.',
  unsupported:
    'This browser cannot show notifications here. Open Switchboard at an address that begins with https, or in another browser.',
};

export function NotificationsCard({ optIn }: { optIn: OptIn }) {
  const client = useQueryClient();
  const [permission, setPermission] = useState(noticePermission);
  const save = useMutation({
    mutationFn: async (isOn: boolean) => {
      if (isOn) {
        const answer = await askToNotify();
        setPermission(answer);
        if (answer !== 'granted') return;
      }
      await changeOptIn(client, { enabled: optIn.enabled, notifications_enabled: isOn });
    },
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  const isOn = optIn.notifications_enabled && permission === 'granted';
  const hint = hints[permission];
  return (
    <Card
      title="Notifications"
      about="Your computer shows new messages while no tab of Switchboard is in front of you."
    >
      {hint && <Callout tone="warn">{hint}</Callout>}
      <Switch
        label="Tell me of new messages"
        help="For conversations that you answer: who wrote, and the first words. Your choice counts in every browser you use; each one asks for your permission before it shows anything."
        checked={save.isPending ? save.variables : isOn}
        disabled={save.isPending || permission === 'unsupported'}
        onChange={(on) => save.mutate(on)}
      />
    </Card>
  );
}
