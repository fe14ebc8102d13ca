/** What belongs together in a thread: an answer knows what it answers. Pure. */
import { readContext } from './message-context.ts';
import type { Message } from './model.ts';

/** `missing`: it is not in the thread, as one from before the number was connected; null: it may be in a part that is not loaded. */
export type Answered = Message | 'missing' | null;

/** What messages answer, by their id. @param isWhole whether all of the thread is loaded */
export function findAnswered(messages: readonly Message[], isWhole: boolean): Map<number, Answered> {
  const byWamid = new Map(messages.flatMap((one) => (one.wamid ? [[one.wamid, one] as const] : [])));
  return new Map(
    messages.flatMap((message) => {
      const { answers } = readContext(message);
      return answers ? [[message.id, byWamid.get(answers) ?? (isWhole ? 'missing' : null)] as const] : [];
    }),
  );
}
