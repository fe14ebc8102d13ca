/**
 * What is done to one sender or to several, one after the other: how far it is, and what went wrong with whom. Who is not there any more
 * was assigned meanwhile, by a colleague or with what they wrote on another number: nothing is left to do for them.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, describeError } from '../../lib/api.ts';
import { toast, type ToastAction } from '../../ui/toast.tsx';
import { assign, setTriageState, type TriageState } from './queries.ts';

export type Progress = { done: number; all: number };
type Outcome = { done: string[]; gone: number; errors: ReadonlyMap<string, string> };

type Move = {
  from: TriageState;
  to: TriageState;
  reason?: string;
  /** Told of those who come back, before they do. */
  onUndo: (ids: string[]) => void;
};

const count = (n: number) => (n === 1 ? '1 sender' : `${n} senders`);

const moved: Record<TriageState, string> = {
  waiting: 'Back among those who wait',
  dismissed: 'Dismissed',
  blocked: 'Blocked',
};

export function useBulk() {
  const client = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());

  async function each(ids: string[], work: (id: string) => Promise<unknown>): Promise<Outcome> {
    const failed = new Map<string, string>();
    const done: string[] = [];
    setErrors(failed);
    for (const [index, id] of ids.entries()) {
      setProgress({ done: index, all: ids.length });
      try {
        await work(id);
        done.push(id);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) failed.set(id, describeError(error));
      }
    }
    await client.invalidateQueries({ queryKey: ['triage'] });
    setProgress(null);
    setErrors(failed);
    return { done, gone: ids.length - done.length - failed.size, errors: failed };
  }

  function tell({ done, gone, errors: failed }: Outcome, text: string, action?: ToastAction) {
    const parts = [
      done.length === 1 ? text : `${text}: ${count(done.length)}`,
      gone > 0 && `${count(gone)} not here any more`,
    ];
    if (done.length > 0 || gone > 0)
      toast(
        done.length === 0 ? `${count(gone)} not here any more` : parts.filter(Boolean).join('. '),
        action && done.length > 0 ? { action } : {},
      );
    if (failed.size > 0)
      toast(
        `${count(failed.size)} could not be changed. What is wrong stands beside each; they are still chosen.`,
        { tone: 'bad' },
      );
  }

  return {
    /** Null while nothing is under way. */
    progress,
    /** What went wrong last, by sender. */
    errors,
    /** Taken back by handing over: the agent may have answered by then, so `onOpen` leads one there instead of undoing. */
    assign: async (
      ids: string[],
      to: { id: string; name: string },
      onOpen: (conversationId: string) => void,
    ) => {
      let conversation: string | undefined;
      const outcome = await each(ids, async (id) => {
        [conversation] = (await assign(id, to.id)).conversation_ids;
      });
      const open = conversation;
      const isOne = ids.length === 1 && open !== undefined;
      tell(outcome, `Assigned to ${to.name}`, isOne ? { label: 'Open', run: () => onOpen(open) } : undefined);
    },
    move: async (ids: string[], { from, to, reason, onUndo }: Move) => {
      const outcome = await each(ids, (id) => setTriageState([id], to, reason));
      const back = () => {
        onUndo(outcome.done);
        void each(outcome.done, (id) => setTriageState([id], from)).then((undone) => tell(undone, 'Undone'));
      };
      tell(outcome, moved[to], { label: 'Undo', run: back });
    },
  };
}
