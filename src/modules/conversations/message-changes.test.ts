/** Reactions, edits and deletions end alike in whatever order they come. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChange, type ChangeableMessage, type MessageChange } from './message-changes.ts';

const written = (direction: 'inbound' | 'outbound'): ChangeableMessage => ({
  direction,
  type: 'text',
  text: 'As it was written',
  payload: { context: { wamid: 'wamid.answered' } },
  changes: {},
});

const moment = {
  at: fc.integer({ min: 0, max: 5 }).map((second) => `2026-03-01T10:00:0${String(second)}.000Z`),
  by: fc.constantFrom('customer', 'business', '491701234567', '__proto__'),
};
const change: fc.Arbitrary<MessageChange> = fc.oneof(
  fc.record({
    ...moment,
    kind: fc.constant('reaction' as const),
    emoji: fc.constantFrom('👍', '❤️', null),
    wamid: fc.constant(''),
  }),
  fc.record({
    ...moment,
    kind: fc.constant('edit' as const),
    type: fc.constantFrom('text', 'image'),
    text: fc.string(),
    payload: fc.constantFrom(null, { caption: 'new' }, [1]),
    wamid: fc.constant(''),
  }),
  fc.record({ ...moment, kind: fc.constant('revoke' as const), wamid: fc.constant('') }),
);
/** Every change has an id of its own, as every message of WhatsApp has. */
const changes = fc
  .array(change, { maxLength: 7 })
  .map((list) => list.map((one, index) => ({ ...one, wamid: `wamid.${String(index)}` })));
const end = (message: ChangeableMessage, list: MessageChange[]) => list.reduce(applyChange, message);

test('the same changes end in the same message, shuffled and repeated', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('inbound' as const, 'outbound' as const),
      changes.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.subarray(list)),
      ),
      (direction, [list, shuffled, again]) => {
        expect(end(written(direction), [...shuffled, ...again])).toEqual(end(written(direction), list));
      },
    ),
    { numRuns: 2000 },
  );
});

const by = { by: 'customer', at: '2026-03-01T10:00:00.000Z', wamid: 'wamid.1' };
const later = { by: 'customer', at: '2026-03-01T10:05:00.000Z', wamid: 'wamid.2' };

describe('a message', () => {
  test('keeps what it answers when its words change', () => {
    const edited = applyChange(written('inbound'), {
      ...by,
      kind: 'edit',
      type: 'text',
      text: 'New',
      payload: null,
    });
    expect(edited).toMatchObject({ text: 'New', payload: { context: { wamid: 'wamid.answered' } } });
  });

  test('that was deleted has no words any more, and no later edit brings any back', () => {
    const deleted = applyChange(written('inbound'), { ...by, kind: 'revoke' });
    expect(deleted).toMatchObject({ type: 'revoke', text: '', payload: null });
    expect(
      applyChange(deleted, { ...later, kind: 'edit', type: 'text', text: 'Back', payload: null }),
    ).toEqual(deleted);
  });

  test('is edited and deleted only by whoever wrote it', () => {
    const ours = written('outbound');
    expect(applyChange(ours, { ...by, kind: 'revoke' })).toEqual(ours);
    expect(applyChange(ours, { ...by, by: 'business', kind: 'revoke' })).toMatchObject({ type: 'revoke' });
  });

  test('does not get an old reaction back after it was removed', () => {
    const removed = applyChange(written('inbound'), { ...later, kind: 'reaction', emoji: null });
    expect(applyChange(removed, { ...by, kind: 'reaction', emoji: '👍' })).toEqual(removed);
  });
});
