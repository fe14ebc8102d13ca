/**
 * What is said about a message that is not here, such as one from before the number was connected: it waits for as long as the message may
 * still come, and then ends quietly, with the reason in its item. And the files that edits bring.
 */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { conversationJobs } from '../../src/modules/conversations/jobs.ts';
import type { Message } from '../../src/modules/conversations/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { deliver, envelope, newPhone, newWamid, statusesChange, type Change } from '../harness/deliveries.ts';
import { anyMessage, changeOf, edit, reaction, revoke } from '../harness/webhook-kinds.ts';
import { inbox, number, switchboard } from '../harness/with-number.ts';

async function tell(...changes: Change[]): Promise<void> {
  for (const change of changes) await deliver(switchboard.url, envelope([change]));
  await switchboard.settle();
}
const said = (...messages: Record<string, unknown>[]) =>
  changeOf(number.phoneNumberId, 'messages', { messages });
const minutes = (n: number) => new Date(Date.now() - (60 - n) * 60_000);

const newestItem = async () =>
  (
    await queryAsAdmin<{ state: string; error: string | null }>(
      switchboard.database,
      'SELECT state, error FROM app.webhook_items ORDER BY id DESC LIMIT 1',
    )
  )[0];
const parked = async (wamid: string) =>
  (await countRows(switchboard.database, 'parked_changes', `wamid = '${wamid}'`)) +
  (await countRows(switchboard.database, 'parked_statuses', `wamid = '${wamid}'`));

async function passDays(days: number): Promise<void> {
  for (const table of ['parked_changes', 'parked_statuses'])
    await queryAsAdmin(
      switchboard.database,
      `UPDATE ${table} SET created_at = created_at - make_interval(days => $1)`,
      [days],
    );
  const job = conversationJobs(switchboard.app).find(({ name }) => name === 'conversations.forget-parked');
  await job?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal });
}

describe('what is said about a message that is not here', () => {
  const kinds: [string, (from: { phone: string }, wamid: string) => Change][] = [
    ['a reaction', (from, wamid) => said(reaction({ from, at: minutes(2) }, wamid, '👍'))],
    ['an edit', (from, wamid) => said(edit({ from, at: minutes(2) }, wamid, 'Better'))],
    ['a deletion', (from, wamid) => said(revoke({ from, at: minutes(2) }, wamid))],
    [
      'a step',
      ({ phone }, wamid) =>
        statusesChange(number.phoneNumberId, [{ id: wamid, status: 'read', recipient: phone }]),
    ],
  ];

  test.each(kinds)('(%s) ends quietly after eight days, with the reason in its item', async (_, about) => {
    const [from, wamid] = [{ phone: newPhone() }, newWamid()];
    await tell(about(from, wamid));
    expect(await newestItem()).toEqual({
      state: 'done',
      error: expect.stringContaining('a message that was not here') as string,
    });
    await passDays(7);
    expect(await parked(wamid)).toBe(1);
    await passDays(2);
    expect(await parked(wamid)).toBe(0);
    expect((await inbox.conversations()).filter(({ customer }) => customer.phone === from.phone)).toEqual([]);
  });

  test('takes effect when the message comes after a week', async () => {
    const [from, wamid] = [{ phone: newPhone() }, newWamid()];
    await tell(said(reaction({ from, at: minutes(2) }, wamid, '👍')));
    await passDays(7);
    await tell(said(anyMessage({ from, id: wamid, at: minutes(1) }, 'text', { body: 'Late' })));
    const [message] = await inbox.thread((await inbox.with(from.phone)).id);
    expect(message).toMatchObject({ text: 'Late', reactions: [{ emoji: '👍', by: 'customer' }] });
  });
});

test('a reply to a message that is not here stands in the thread and says what it answers', async () => {
  const [from, wamid] = [{ phone: newPhone() }, newWamid()];
  await tell(said(anyMessage({ from }, 'text', { body: 'Yes' }, { context: { id: wamid } })));
  const [message] = await inbox.thread((await inbox.with(from.phone)).id);
  expect(message).toMatchObject({ text: 'Yes', payload: { context: { wamid } } });
});

describe('an edit', () => {
  /** Meta has a file for the number. */
  async function upload(colour: string, width: number) {
    const image = sharp({ create: { width, height: 20, channels: 3, background: colour } });
    const bytes = await image.png().toBuffer();
    const item = await switchboard.simulator.control.storeMedia({
      phoneNumberId: number.phoneNumberId,
      mimeType: 'image/png',
      bytes,
      filename: null,
    });
    return { id: item.id, mime_type: 'image/png', sha256: item.sha256 };
  }
  const editedTo = (type: string, content: Record<string, unknown>) => (wamid: string) => ({
    original_message_id: wamid,
    message: { type, [type]: content },
  });

  async function shown(phone: string): Promise<Message> {
    const [message] = await inbox.thread((await inbox.with(phone)).id);
    if (!message) throw new Error('The thread is empty.');
    return message;
  }

  test.each(['after', 'before'])(
    'that comes %s its message fetches the file that it brings',
    async (when) => {
      const [from, wamid] = [{ phone: newPhone() }, newWamid()];
      const [first, second] = [await upload('teal', 40), await upload('red', 50)];
      const message = said(anyMessage({ from, id: wamid, at: minutes(1) }, 'image', first));
      const content = editedTo('image', { ...second, caption: 'This one' })(wamid);
      const change = said(anyMessage({ from, at: minutes(2) }, 'edit', content));
      await tell(...(when === 'after' ? [message, change] : [change, message]));
      expect(await shown(from.phone)).toMatchObject({
        type: 'image',
        text: 'This one',
        media: { state: 'stored', width: 50 },
      });
    },
  );

  test('that another overtook brings nothing to the screen', async () => {
    const [from, wamid] = [{ phone: newPhone() }, newWamid()];
    const files = [await upload('teal', 40), await upload('red', 50), await upload('blue', 60)];
    const [original, older, newer] = files;
    const edits = [older, newer].map((file, index) =>
      said(anyMessage({ from, at: minutes(2 + index) }, 'edit', editedTo('image', { ...file })(wamid))),
    );
    await tell(
      said(anyMessage({ from, id: wamid, at: minutes(1) }, 'image', original)),
      ...edits.toReversed(),
    );
    expect(await shown(from.phone)).toMatchObject({ media: { state: 'stored', width: 60 } });
  });

  test('that leaves only words, and a deletion, show the file of before no more', async () => {
    const [from, wamid] = [{ phone: newPhone() }, newWamid()];
    await tell(said(anyMessage({ from, id: wamid, at: minutes(1) }, 'image', await upload('teal', 40))));
    await tell(said(edit({ from, at: minutes(2) }, wamid, 'Only words')));
    expect(await shown(from.phone)).toMatchObject({ type: 'text', text: 'Only words', media: null });
    await tell(said(revoke({ from, at: minutes(3) }, wamid)));
    expect(await shown(from.phone)).toMatchObject({ type: 'revoke', media: null });
  });
});
