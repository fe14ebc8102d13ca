/** What one sender wrote: the last words, and on demand everything back to the first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { triageMessagesQuery, type TriageItem } from './queries.ts';
import styles from './triage.module.css';
import { messageWords } from './words.ts';

const SHORT = 2;

export function TriageMessages({ item }: { item: TriageItem }) {
  const [isOpen, setOpen] = useState(false);
  const all = useInfiniteQuery({ ...triageMessagesQuery(item.id), enabled: isOpen });
  const loaded = all.data?.pages.flatMap((page) => page.data).toReversed() ?? item.messages;
  const shown = isOpen ? loaded : item.messages.slice(-SHORT);
  const older = item.message_count - shown.length;
  return (
    <>
      {isOpen && all.hasNextPage && (
        <MoreButton size="s" side="start" query={all}>
          {older > 0 ? `Show older (${older})` : 'Show older'}
        </MoreButton>
      )}
      {isOpen && all.error && (
        <Callout
          tone="bad"
          action={
            <Button size="s" onClick={() => void (all.data ? all.fetchNextPage() : all.refetch())}>
              Try again
            </Button>
          }
        >
          {describeError(all.error)}
        </Callout>
      )}
      <ol
        className={styles['messages']}
        aria-label={`What ${item.from.name} wrote`}
        aria-busy={all.isFetching}
      >
        {shown.map((message) => (
          <li
            key={message.id}
            className={message.direction === 'outbound' ? styles['ours'] : styles['theirs']}
            dir="auto"
          >
            {messageWords(message)}
          </li>
        ))}
      </ol>
      {item.message_count > SHORT && (
        <Button size="s" variant="ghost" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show fewer' : `Show ${item.message_count - SHORT} more`}
        </Button>
      )}
    </>
  );
}
