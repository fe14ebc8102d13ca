/** Blocking and unblocking with a word about it and the way back. */
import { useQueryClient } from '@tanstack/react-query';
import { describeError } from '../../lib/api.ts';
import { toast } from '../../ui/toast.tsx';
import { block, unblock, type SenderPlace } from './queries.ts';

type Named = { place: SenderPlace; name: string };

export function useBlock() {
  const client = useQueryClient();

  async function attempt(work: () => Promise<void>, text: string, undo?: () => void) {
    try {
      await work();
      toast(text, undo ? { action: { label: 'Undo', run: undo } } : {});
    } catch (error) {
      toast(describeError(error), { tone: 'bad' });
    }
  }

  /** Throws what went wrong: the dialog that asked for it says so. */
  const blockNow = async ({ place, name }: Named, reason: string): Promise<void> => {
    await block(client, place, reason);
    const undo = () => void attempt(() => unblock(client, place), `${name} is not blocked any more`);
    toast(`${name} is blocked`, { action: { label: 'Undo', run: undo } });
  };
  const unblockNow = ({ place, name }: Named, reason: string | null): void => {
    const undo = () => void attempt(() => block(client, place, reason ?? ''), `${name} is blocked again`);
    void attempt(() => unblock(client, place), `${name} is not blocked any more`, undo);
  };
  return { block: blockNow, unblock: unblockNow };
}
