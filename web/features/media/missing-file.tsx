/** A file that is not there: still on its way, or given up, with why and what can be done. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { describeError } from '../../lib/api.ts';
import { BubbleCard, BubbleCardWords } from '../../ui/bubble-card.tsx';
import { Button } from '../../ui/button.tsx';
import { mediaIcons, type MediaName } from './media-names.ts';
import { retryMedia, type Media } from './queries.ts';
import styles from './media-view.module.css';

type MissingFileProps = { media: Media; name: MediaName; conversationId: string };

export function MissingFile({ media, name, conversationId }: MissingFileProps) {
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryMedia(media),
    onSuccess: () => client.invalidateQueries({ queryKey: ['messages', conversationId] }),
  });
  const Icon = mediaIcons[name];
  return (
    <BubbleCard icon={<Icon size={20} />}>
      <BubbleCardWords
        title={media.file_name ?? name}
        detail={
          <span role="status">{retry.error ? describeError(retry.error) : describeMissing(media)}</span>
        }
      >
        {media.state !== 'waiting' && (
          <span className={styles['retry']}>
            <Button size="s" busy={retry.isPending} onClick={() => retry.mutate()}>
              <RotateCw size={14} aria-hidden /> Try again
            </Button>
          </span>
        )}
      </BubbleCardWords>
    </BubbleCard>
  );
}

function describeMissing({ state, fault }: Media): string {
  if (state !== 'waiting') return fault ?? 'The file is not available.';
  return fault === null ? 'Fetching it from WhatsApp…' : `${fault} It is tried again by itself.`;
}
