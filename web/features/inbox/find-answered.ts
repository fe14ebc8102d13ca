/** What belongs together in a thread: an answer knows what it answers. Pure. */
import { readContext } from './message-context.ts';
import type { Message } from './model.ts';

/** What messages answer, by their id; null when that is not loaded. @param messages oldest first */
export function findAnswered(messages: readonly Message[]): Map<number, Message | null> {
  const byWamid = new Map(messages.flatMap((one) => (one.wamid ? [[one.wamid, one] as const] : [])));
  return new Map(
    messages.flatMap((message) => {
      const { answers } = readContext(message);
      return answers ? [[message.id, byWamid.get(answers) ?? null] as const] : [];
    }),
  );
}
