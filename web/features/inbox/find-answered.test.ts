import { expect, it } from 'vitest';
import { findAnswered } from './find-answered.ts';
import { sampleMessage } from './inbox-samples.ts';

const answer = (id: number, wamid: string) => sampleMessage(id, { payload: { context: { wamid } } });
const thread = [sampleMessage(1), answer(2, 'wamid.1'), answer(3, 'wamid.older')];

it('finds what a message answers, loaded or not', () => {
  const answered = findAnswered(thread, false);
  expect(answered.get(2)).toBe(thread[0]);
  expect(answered.get(3)).toBeNull();
  expect(answered.has(1)).toBe(false);
});

it('says that what is answered is not here, once all of the thread is loaded', () => {
  expect(findAnswered(thread, true).get(3)).toBe('missing');
});
