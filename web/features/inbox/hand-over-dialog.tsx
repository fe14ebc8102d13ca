/** Giving a customer to a colleague for good: names who loses and who gets them, and says what moves. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { Callout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toast } from '../../ui/toast.tsx';
import { peopleQuery } from '../people/queries.ts';
import { takersFrom, TakerSelect } from '../people/taker-select.tsx';
import { useMe } from '../shell/use-me.ts';
import { nameOfCustomer, type Conversation } from './model.ts';
import { handOver } from './queries.ts';

type HandOverDialogProps = {
  conversation: Conversation;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

export function HandOverDialog({ conversation, open, onOpenChange }: HandOverDialogProps) {
  const me = useMe();
  const people = useQuery({ ...peopleQuery, enabled: open }).data ?? [];
  const takers = takersFrom(people, conversation.agent_user_id);
  const [chosen, setChosen] = useState('');
  const taker = takers.find(({ id }) => id === chosen);
  const give = useHandOver(conversation);
  const name = nameOfCustomer(conversation.customer);
  const isMine = conversation.agent_user_id === me.user.id;
  const giver = isMine ? 'you' : (conversation.agent_name ?? 'their agent');
  const nameFor = (person: { id: string; name: string }) => (person.id === me.user.id ? 'you' : person.name);
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={taker ? `Hand ${name} over from ${giver} to ${nameFor(taker)}?` : `Hand ${name} over`}
      confirmLabel="Hand over"
      danger={false}
      disabled={!taker}
      onConfirm={async () => {
        if (taker) await give(taker);
      }}
    >
      <TakerSelect label="Who gets them" takers={takers} value={chosen} onChange={setChosen} />
      <p>
        Everything moves: all that was written with {name}, on every number, files and orders. What {name}{' '}
        writes next goes there too.
      </p>
      <Callout>
        {isMine
          ? 'You will not see them any more. To let somebody answer while you keep them, assign the conversation instead.'
          : `${conversation.agent_name ?? 'Their agent'} will not see them any more. To let somebody answer besides, assign the conversation instead.`}
      </Callout>
    </ConfirmDialog>
  );
}

/** Follows the customer where one may; the way back is for owners, who alone may take from the colleague again. */
function useHandOver(conversation: Conversation) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ from: '/inside/inbox' });
  const me = useMe();
  const { id, agent_user_id: giverId } = conversation;

  async function takeBack(conversationId: string) {
    try {
      await handOver(client, conversationId, giverId ?? '');
      toast(`${nameOfCustomer(conversation.customer)} is back`);
    } catch (error) {
      toast(describeError(error), { tone: 'bad' });
    }
  }

  return async (taker: { id: string; name: string }) => {
    const { conversation_id: now } = await handOver(client, id, taker.id);
    const isSeen = me.user.is_owner || taker.id === me.user.id;
    // One that went into another cannot be taken out of it again.
    const undo = me.user.is_owner && giverId !== null && now === id;
    toast(
      `Handed over to ${taker.id === me.user.id ? 'you' : taker.name}`,
      undo ? { action: { label: 'Undo', run: () => void takeBack(now) } } : {},
    );
    if (!isSeen) await navigate({ to: '/inbox', search });
    else if (now !== id)
      await navigate({ to: '/inbox/$conversationId', params: { conversationId: now }, search });
  };
}
