/**
 * Puts together what belongs together in a thread: reactions go to the message they are about, an answer knows what it
 * answers. Pure. A reaction to a message that is not loaded stays a row of its own, so that nothing disappears.
 */
import { readContent, readContext } from './message-content.ts';
import type { Message } from './model.ts';

export type ArrangedThread = {
  /** Oldest first, without the reactions that went to their messages. */
  shown: Message[];
  /** Emojis by the id of the message they stand on, the latest of each side. */
  reactions: Map<number, string>;
  /** What a message answers; null when that is not loaded. */
  answered: Map<number, Message | null>;
};

/** @param messages oldest first */
export function arrangeThread(messages: readonly Message[]): ArrangedThread {
  const byWamid = new Map(messages.flatMap((one) => (one.wamid ? [[one.wamid, one] as const] : [])));
  const bySide = new Map<number, Map<string, string | null>>();
  const arranged: ArrangedThread = { shown: [], reactions: new Map(), answered: new Map() };
  for (const message of messages) {
    const context = readContext(message);
    const target = context.reactsTo ? byWamid.get(context.reactsTo) : undefined;
    if (target) {
      const content = readContent(message);
      const sides = bySide.get(target.id) ?? new Map<string, string | null>();
      bySide.set(target.id, sides.set(message.direction, content.kind === 'reaction' ? content.emoji : null));
      continue;
    }
    arranged.shown.push(message);
    if (context.answers) arranged.answered.set(message.id, byWamid.get(context.answers) ?? null);
  }
  for (const [id, sides] of bySide) {
    const emojis = [...sides.values()].filter(Boolean).join('');
    if (emojis) arranged.reactions.set(id, emojis);
  }
  return arranged;
}
