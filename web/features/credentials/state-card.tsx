/** Switching the configuration off and on, deleting it, and bringing a deleted one back. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { momentInSentence } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';
import {
  deleteConfig,
  restoreConfig,
  switchConfig,
  type ConfigOverview,
  type TenantConfig,
} from './queries.ts';

export function StateCard({ config }: { config: TenantConfig }) {
  const client = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const turn = useMutation({
    mutationFn: (isActive: boolean) => switchConfig(client, isActive),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  const restore = () =>
    restoreConfig(client).catch((error: unknown) => toast(describeError(error), { tone: 'bad' }));
  return (
    <Card
      title="Use"
      footer={
        <>
          <span>A deleted configuration can be restored for 30 days.</span>
          <Button variant="danger" onClick={() => setDeleting(true)}>
            Delete configuration
          </Button>
        </>
      }
    >
      <Switch
        label="Use these credentials"
        help="While they are off, what Meta delivers to your own address is kept and comes in when they are on again."
        checked={turn.isPending ? turn.variables : config.is_active}
        disabled={turn.isPending}
        onChange={(isActive) => turn.mutate(isActive)}
      />
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title="Delete your configuration?"
        confirmLabel="Delete"
        onConfirm={async () => {
          await deleteConfig(client);
          toast('The configuration is deleted.', { action: { label: 'Undo', run: () => void restore() } });
        }}
      >
        Switchboard goes on with what the install offers to everybody, or with nothing. Messages that Meta
        delivers to your own address meanwhile are kept, and come in when you restore the configuration within
        30 days.
      </ConfirmDialog>
    </Card>
  );
}

export function RestoreNotice({ deleted }: { deleted: NonNullable<ConfigOverview['deleted']> }) {
  const client = useQueryClient();
  const now = useNow();
  const restore = useMutation({ mutationFn: () => restoreConfig(client) });
  return (
    <Callout
      tone={restore.error ? 'bad' : 'info'}
      action={
        <Button size="s" busy={restore.isPending} onClick={() => restore.mutate()}>
          Restore
        </Button>
      }
    >
      {restore.error
        ? describeError(restore.error)
        : `A configuration was deleted ${momentInSentence(new Date(deleted.deleted_at), now)}. It can be restored until ${new Date(deleted.restorable_until).toLocaleDateString()}.`}
    </Callout>
  );
}
