/** One key: what it may, when it was used, and the way to revoke it. */
import { useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { shortDate, timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DataRow } from '../../ui/data-list.tsx';
import { toast } from '../../ui/toast.tsx';
import { useMe } from '../shell/use-me.ts';
import { apiKeysQuery, revokeApiKey, type ApiKey } from './queries.ts';
import { wordsForScope } from './scope-words.ts';
import styles from './api-keys.module.css';

export function ApiKeyRow({ apiKey }: { apiKey: ApiKey }) {
  const now = useNow();
  const client = useQueryClient();
  const { user } = useMe();
  const [revoking, setRevoking] = useState(false);
  const expires = apiKey.expires_at === null ? null : new Date(apiKey.expires_at);
  const isOver = expires !== null && expires <= now;
  const used =
    apiKey.last_used_at === null ? 'never used' : `used ${timeAgo(new Date(apiKey.last_used_at), now)}`;

  async function revoke() {
    await revokeApiKey(apiKey.id);
    toast(`“${apiKey.name}” is revoked.`);
    await client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
  }

  return (
    <DataRow
      faded={isOver}
      leading={
        <span className={styles['icon']}>
          <KeyRound size={16} aria-hidden />
        </span>
      }
      title={apiKey.name}
      badges={
        <>
          {isOver ? (
            <Badge tone="warn">Expired</Badge>
          ) : (
            expires && <Badge>Until {shortDate(expires, now)}</Badge>
          )}
          {apiKey.user.id !== user.id && <Badge>Acts as {apiKey.user.name}</Badge>}
        </>
      }
      detail={
        <>
          <code className={styles['hint']}>{apiKey.hint}</code> · {used}
          <span className={styles['scopes']}>
            {apiKey.scopes.map((scope) => wordsForScope(scope).label).join(' · ')}
          </span>
        </>
      }
      actions={
        <>
          <Button
            size="s"
            variant="danger"
            aria-label={`Revoke ${apiKey.name}`}
            onClick={() => setRevoking(true)}
          >
            Revoke
          </Button>
          <ConfirmDialog
            open={revoking}
            onOpenChange={setRevoking}
            title={`Revoke “${apiKey.name}”?`}
            confirmLabel="Revoke"
            onConfirm={revoke}
          >
            <p>Whatever uses it stops working at once. A revoked key cannot be brought back.</p>
          </ConfirmDialog>
        </>
      }
    />
  );
}
