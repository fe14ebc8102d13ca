/** One organization's credentials in the admin's list. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DataRow } from '../../ui/data-list.tsx';
import { toast } from '../../ui/toast.tsx';
import { deleteConfigOf, restoreConfigOf, type InstallConfig } from './queries.ts';

function detailOf(config: InstallConfig, now: Date): string {
  const has = [
    config.fb_app_id && `app ${config.fb_app_id}`,
    config.access_token && 'token',
    config.verify_token && 'verify token',
    config.waba_id && `account ${config.waba_id}`,
  ].filter(Boolean);
  const when = config.deleted_at
    ? `deleted ${timeAgo(new Date(config.deleted_at), now)}`
    : `changed ${timeAgo(new Date(config.updated_at), now)}`;
  return [...has, when].join(' · ');
}

export function ConfigurationRow({ config }: { config: InstallConfig }) {
  const now = useNow();
  return (
    <DataRow
      leading={<Avatar name={config.organization_name} colourOf={config.tenant_id} size="s" />}
      title={config.organization_name}
      badges={!config.deleted_at && (config.is_active ? <Badge tone="good">On</Badge> : <Badge>Off</Badge>)}
      detail={detailOf(config, now)}
      faded={config.deleted_at !== null}
      actions={config.deleted_at ? <RestoreButton id={config.id} /> : <DeleteButton config={config} />}
    />
  );
}

function RestoreButton({ id }: { id: number }) {
  const client = useQueryClient();
  const restore = useMutation({
    mutationFn: () => restoreConfigOf(client, id),
    onSuccess: () => toast('The credentials are back.'),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  return (
    <Button size="s" busy={restore.isPending} onClick={() => restore.mutate()}>
      Restore
    </Button>
  );
}

function DeleteButton({ config }: { config: InstallConfig }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { organization_name: name, tenant_id: tenantId } = config;
  return (
    <>
      <Button
        size="s"
        variant="danger"
        aria-label={`Delete credentials of ${name}`}
        onClick={() => setAsking(true)}
      >
        Delete
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete the credentials of ${name}?`}
        confirmLabel="Delete"
        onConfirm={() => deleteConfigOf(client, tenantId)}
      >
        Its own Meta app stops working here. The credentials can be restored for 30 days, and its owners find
        in their audit that an administrator deleted them.
      </ConfirmDialog>
    </>
  );
}
