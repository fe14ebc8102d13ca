import { expect, it } from 'vitest';
import { findAnswered } from './find-answered.ts';
import { sampleMessage } from './inbox-samples.ts';

it('finds what a message answers, loaded or not', () => {
  const answer = (id: number, wamid: string) => sampleMessage(id, { payload: { context: { wamid } } });
  const answered = findAnswered([sampleMessage(1), answer(2, 'wamid.1'), answer(3, 'wamid.older')]);
  expect(answered.get(2)?.id).toBe(1);
  expect(answered.get(3)).toBeNull();
  expect(answered.has(1)).toBe(false);
});
