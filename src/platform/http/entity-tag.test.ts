import { expect, test } from 'vitest';
import { entityTag, refuseOutdated } from './entity-tag.ts';

const read = { words: ['a', 'b'], notice: { on: true, text: 'x' } };
const outdated = expect.objectContaining({ code: 'platform.changed_meanwhile', status: 412 }) as Error;

test('a tag is of the content, not of the order of its keys', () => {
  expect(entityTag({ notice: { text: 'x', on: true }, words: ['a', 'b'] })).toBe(entityTag(read));
  expect(entityTag({ ...read, words: ['b', 'a'] })).not.toBe(entityTag(read));
  expect(entityTag(read)).toMatch(/^"[\w-]{22}"$/);
});

test.each([undefined, '*', entityTag(read), `W/${entityTag(read)}`, `"old", ${entityTag(read)}`])(
  'a change goes through with %s',
  (given) => {
    expect(() => refuseOutdated(given, read)).not.toThrow();
  },
);

test.each(['"old"', '', entityTag({ ...read, words: [] })])('a change is refused with %j', (given) => {
  expect(() => refuseOutdated(given, read)).toThrow(outdated);
});
