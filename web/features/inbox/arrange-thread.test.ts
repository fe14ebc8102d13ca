import { describe, expect, it } from 'vitest';
import { arrangeThread } from './arrange-thread.ts';
import { sampleMessage } from './inbox-samples.ts';

const reaction = (id: number, target: string, emoji?: string) =>
  sampleMessage(id, {
    type: 'reaction',
    text: emoji ?? '',
    payload: { message_id: target, ...(emoji && { emoji }) },
  });

describe('arrangeThread', () => {
  it('puts a reaction on the message it is about', () => {
    const { shown, reactions } = arrangeThread([sampleMessage(1), reaction(2, 'wamid.1', '👍')]);
    expect(shown.map((message) => message.id)).toEqual([1]);
    expect(reactions.get(1)).toBe('👍');
  });

  it('keeps the last reaction of a side, and none when it was taken back', () => {
    const changed = [sampleMessage(1), reaction(2, 'wamid.1', '👍'), reaction(3, 'wamid.1', '🎉')];
    expect(arrangeThread(changed).reactions.get(1)).toBe('🎉');
    expect(arrangeThread([...changed, reaction(4, 'wamid.1')]).reactions.has(1)).toBe(false);
  });

  it('shows a reaction by itself when its message is not loaded', () => {
    expect(arrangeThread([reaction(2, 'wamid.older', '👍')]).shown).toHaveLength(1);
  });

  it('finds what a message answers, loaded or not', () => {
    const answer = (id: number, wamid: string) => sampleMessage(id, { payload: { context: { wamid } } });
    const { answered } = arrangeThread([sampleMessage(1), answer(2, 'wamid.1'), answer(3, 'wamid.older')]);
    expect(answered.get(2)?.id).toBe(1);
    expect(answered.get(3)).toBeNull();
    expect(answered.has(1)).toBe(false);
  });
});
