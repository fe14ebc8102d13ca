import { describe, expect, it } from 'vitest';
import { ApiError, NetworkError } from '../../lib/api.ts';
import { sampleMessage } from './inbox-samples.ts';
import type { Message } from './model.ts';
import { Outbox, withoutEchoes, type PendingMessage } from './outbox.ts';

type Try = { pending: PendingMessage; accept: (message: Message) => void; fail: (error: Error) => void };

/** An outbox whose server answers when the test says so, and whose clock the test turns. */
function openOutbox(stored = '') {
  const tries: Try[] = [];
  const scheduled: { work: () => void; milliseconds: number }[] = [];
  const accepted: Message[] = [];
  const store = { text: stored };
  const outbox = new Outbox({
    post: (pending) => new Promise((accept, fail) => tries.push({ pending: { ...pending }, accept, fail })),
    onAccepted: (message) => accepted.push(message),
    store: { read: () => store.text, write: (text) => (store.text = text) },
    schedule: (work, milliseconds) => scheduled.push({ work, milliseconds }),
  });
  return { outbox, tries, scheduled, accepted, store };
}

/** Lets everything run that waits for an answer already given. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const refused = (status: number) =>
  new ApiError(status, { detail: 'The window is closed.', code: 'messages.refused' });

describe('Outbox', () => {
  it('shows a message at once and forgets it when the server has it', async () => {
    const { outbox, tries, accepted } = openOutbox();
    outbox.send('c-1', 'Hello', 10);
    expect(outbox.snapshot()).toMatchObject([{ text: 'Hello', state: 'sending' }]);
    tries[0]?.accept(sampleMessage(11));
    await settle();
    expect(outbox.snapshot()).toEqual([]);
    expect(accepted.map((message) => message.id)).toEqual([11]);
  });

  it('tries again with the same key when no answer came', async () => {
    const { outbox, tries, scheduled } = openOutbox();
    outbox.send('c-1', 'Hello', 10);
    tries[0]?.fail(new NetworkError(null));
    await settle();
    expect(outbox.snapshot()).toMatchObject([{ state: 'retrying' }]);
    scheduled[0]?.work();
    expect(tries).toHaveLength(2);
    expect(tries[1]?.pending.key).toBe(tries[0]?.pending.key);
  });

  it('says why the last try failed until an answer comes', async () => {
    const { outbox, tries, scheduled } = openOutbox();
    outbox.send('c-1', 'Hello', 10);
    tries[0]?.fail(refused(503));
    await settle();
    scheduled[0]?.work();
    expect(outbox.snapshot()).toMatchObject([{ state: 'sending', reason: 'The window is closed.' }]);
  });

  it('waits longer after each failure, and as long as the server asks', async () => {
    const { outbox, tries, scheduled } = openOutbox();
    outbox.send('c-1', 'Hello', 10);
    tries[0]?.fail(new NetworkError(null));
    await settle();
    scheduled[0]?.work();
    tries[1]?.fail(new NetworkError(null));
    await settle();
    scheduled[1]?.work();
    tries[2]?.fail(new ApiError(429, {}, 20));
    await settle();
    const waits = scheduled.map((one) => one.milliseconds);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
    expect(waits[2]).toBe(20_000);
  });

  it('keeps the order: the second of a conversation waits for the first, another conversation does not', () => {
    const { outbox, tries } = openOutbox();
    outbox.send('c-1', 'first', 10);
    outbox.send('c-1', 'second', 10);
    outbox.send('c-2', 'elsewhere', 10);
    expect(tries.map((one) => one.pending.text)).toEqual(['first', 'elsewhere']);
  });

  it('lets the next one go when the server refuses one for good, and keeps the refused one to be edited', async () => {
    const { outbox, tries } = openOutbox();
    outbox.send('c-1', 'first', 10);
    outbox.send('c-1', 'second', 10);
    tries[0]?.fail(refused(422));
    await settle();
    expect(outbox.snapshot()).toMatchObject([
      { state: 'rejected', reason: 'The window is closed.' },
      { state: 'sending' },
    ]);
    expect(tries[1]?.pending.text).toBe('second');
  });

  it('does not take a server error for a refusal', async () => {
    const { outbox, tries } = openOutbox();
    outbox.send('c-1', 'Hello', 10);
    tries[0]?.fail(refused(503));
    await settle();
    expect(outbox.snapshot()).toMatchObject([{ state: 'retrying' }]);
  });

  it('cannot take back what is on its way', () => {
    const { outbox } = openOutbox();
    outbox.send('c-1', 'Hello', 10);
    const key = outbox.snapshot()[0]?.key ?? '';
    outbox.discard(key);
    expect(outbox.snapshot()).toHaveLength(1);
  });

  it('sends after a reload what was not confirmed, with its old key', () => {
    const before = openOutbox();
    before.outbox.send('c-1', 'Hello', 10);
    const after = openOutbox(before.store.text);
    after.outbox.retryAll();
    expect(after.tries[0]?.pending.key).toBe(before.tries[0]?.pending.key);
  });

  it('starts empty when what was stored cannot be read', () => {
    expect(openOutbox('{not json').outbox.snapshot()).toEqual([]);
  });
});

describe('withoutEchoes', () => {
  const pending = (text: string, change: Partial<PendingMessage> = {}): PendingMessage => ({
    key: `${text} ${Math.random()}`,
    conversationId: 'c-1',
    text,
    createdAt: 0,
    afterId: 10,
    state: 'sending',
    reason: null,
    ...change,
  });
  const out = (id: number, text: string) => sampleMessage(id, { direction: 'outbound', text });

  it('hides a message whose server copy an event brought first', () => {
    expect(withoutEchoes([pending('Hello')], [out(11, 'Hello')])).toEqual([]);
  });

  it('is not fooled by an older message with the same text', () => {
    expect(withoutEchoes([pending('ok')], [out(9, 'ok')])).toHaveLength(1);
  });

  it('lets one copy stand for one message only', () => {
    expect(withoutEchoes([pending('ok'), pending('ok')], [out(11, 'ok')])).toHaveLength(1);
  });

  it('keeps a refused message, whatever is in the thread', () => {
    expect(withoutEchoes([pending('ok', { state: 'rejected' })], [out(11, 'ok')])).toHaveLength(1);
  });
});
