/** Asks quietly to confirm one's address. Nothing waits for it, so it can be put away until the next visit. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { MailQuestionMark, X } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { toast } from '../../ui/toast.tsx';
import { requestVerification, setupQuery, type Me } from '../sign-in/queries.ts';
import styles from './verify-notice.module.css';

const putAwayKey = 'switchboard.verify-notice-put-away';

export function VerifyNotice({ user }: { user: Me['user'] }) {
  const setup = useQuery(setupQuery).data;
  const [isPutAway, setPutAway] = useState(() => window.sessionStorage.getItem(putAwayKey) === user.id);
  const ask = useMutation({
    mutationFn: requestVerification,
    onSuccess: ({ sent }) => sent && toast(`A link is on its way to ${user.email}`),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  // Without mail only an owner gets a link; who is no owner could do nothing.
  if (user.verified || isPutAway || !setup || (!setup.mail && !user.is_owner)) return null;
  const link = ask.data?.link;
  return (
    <aside className={styles['notice']} aria-label="Confirm your email">
      <MailQuestionMark size={16} aria-hidden />
      <p className={styles['text']}>
        {setup.mail ? (
          <>
            Confirm your email by the link that we sent to <b>{user.email}</b>.
          </>
        ) : (
          <>
            Confirm that <b>{user.email}</b> is yours.
          </>
        )}
      </p>
      <Button size="s" busy={ask.isPending} onClick={() => ask.mutate()}>
        {setup.mail ? 'Send again' : 'Show link'}
      </Button>
      <IconButton
        label="Not now"
        onClick={() => {
          window.sessionStorage.setItem(putAwayKey, user.id);
          setPutAway(true);
        }}
      >
        <X size={16} aria-hidden />
      </IconButton>
      <Dialog
        open={Boolean(link)}
        onOpenChange={(open) => !open && ask.reset()}
        title="Confirm your email"
        description="This install sends no mail, so here is the link that would have been sent to you. It works once."
      >
        {link && (
          <div className={styles['link']}>
            <CopyField label="Link" value={link} />
            <a href={link} target="_blank" rel="noreferrer">
              Open it now
            </a>
          </div>
        )}
      </Dialog>
    </aside>
  );
}
