/** What could not be processed waits for whoever may look after it, and goes on where it stopped once the cause is gone. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type {
  QuarantinedItemDetail,
  QuarantinePage,
  Replayed,
} from '../../src/modules/inbound/contract-quarantine.ts';
import { addWorkGauges } from '../../src/work-gauges.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { deliver, envelope, messagesChange, newPhone, textMessage } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { hire } from '../harness/people.ts';
import { inbox, number, owner, switchboard } from '../harness/with-number.ts';

let agent: SessionAnswer;
let stranger: SessionAnswer;
let admin: SessionAnswer;

beforeAll(async () => {
  agent = await hire(switchboard, owner);
  stranger = await registerOwner(switchboard.url, 'Stranger');
  admin = await registerOwner(switchboard.url, 'Admin');
  await queryAsAdmin(switchboard.database, `UPDATE users SET role = 'admin' WHERE id = $1`, [admin.user.id]);
  // A fault of ours, which an update will mend: messages with this word cannot be stored.
  await queryAsAdmin(
    switchboard.database,
    `CREATE FUNCTION public.refuse_word() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN IF NEW.message LIKE 'Unlucky%' THEN RAISE EXCEPTION 'a fault' USING ERRCODE = '22000'; END IF; RETURN NEW; END $$`,
  );
  await setFault(true);
});

async function setFault(isThere: boolean): Promise<void> {
  await queryAsAdmin(
    switchboard.database,
    isThere
      ? 'CREATE TRIGGER refuse_word BEFORE INSERT ON public.messages FOR EACH ROW EXECUTE FUNCTION public.refuse_word()'
      : 'DROP TRIGGER IF EXISTS refuse_word ON public.messages',
  );
}
beforeEach(async () => {
  await setFault(false);
  await setFault(true);
});

const get = <T>(who: SessionAnswer, path: string) =>
  request<T>(`${switchboard.url}/api/v1${path}`, { token: who.access_token });
const post = <T>(who: SessionAnswer, path: string, body: unknown = {}) =>
  request<T>(`${switchboard.url}/api/v1${path}`, { token: who.access_token, method: 'POST', body });
const listOf = async (who: SessionAnswer, area = '/quarantine') =>
  (await get<QuarantinePage>(who, `${area}?limit=200`)).body.data;

async function write(on: ConnectedNumber, phone: string, ...texts: string[]): Promise<void> {
  const messages = texts.map((text) => textMessage({ from: { phone }, text }));
  expect(
    (await deliver(switchboard.url, envelope([messagesChange(on.phoneNumberId, messages, [{ phone }])])))
      .status,
  ).toBe(200);
  await switchboard.settle();
}
/** The newest item that is set aside on our number. */
async function newest(): Promise<number> {
  const [item] = await listOf(owner);
  return item?.id ?? 0;
}

test('an item that could not be processed is listed with its fault, read with its content, and replayed once the cause is gone', async () => {
  const phone = newPhone();
  await write(number, phone, 'Before', 'Unlucky one', 'After');
  expect(await inbox.textsWith(phone)).toEqual(['Before', 'After']);

  const [item] = await listOf(owner);
  expect(item).toMatchObject({
    field: 'messages',
    kind: 'message',
    phone_number_id: number.phoneNumberId,
    fault: '22000: a fault',
  });
  const { body: detail } = await get<QuarantinedItemDetail>(owner, `/quarantine/${String(item?.id)}`);
  expect(detail).toMatchObject({ is_cut: false, content: expect.stringContaining('Unlucky one') as string });

  await setFault(false);
  expect((await post<Replayed>(owner, `/quarantine/${String(item?.id)}/replay`)).body).toEqual({
    replayed: 1,
  });
  await switchboard.settle();
  expect((await inbox.textsWith(phone)).toSorted()).toEqual(['After', 'Before', 'Unlucky one']);
  expect((await get(owner, `/quarantine/${String(item?.id)}`)).status).toBe(404);
});

test('an item that still cannot be processed comes back, and replaying it twice stores nothing twice', async () => {
  const phone = newPhone();
  await write(number, phone, 'Unlucky again');
  const id = await newest();
  await post(owner, `/quarantine/${String(id)}/replay`);
  await switchboard.settle();
  expect(await newest()).toBe(id);
  await setFault(false);
  await post(owner, `/quarantine/${String(id)}/replay`);
  await switchboard.settle();
  expect((await post(owner, `/quarantine/${String(id)}/replay`)).status).toBe(404);
  expect(await inbox.textsWith(phone)).toEqual(['Unlucky again']);
});

test('all are replayed together, page by page they are all listed, and the audit knows', async () => {
  const phone = newPhone();
  await write(number, phone, ...Array.from({ length: 5 }, (_, index) => `Unlucky ${String(index)}`));
  const first = (await get<QuarantinePage>(owner, '/quarantine?limit=3')).body;
  expect(first.data).toHaveLength(3);
  const second = (await get<QuarantinePage>(owner, `/quarantine?limit=200&cursor=${first.next_cursor ?? ''}`))
    .body;
  const ids = [...first.data, ...second.data].map(({ id }) => id);
  expect(ids).toEqual((await listOf(owner)).map(({ id }) => id));
  await setFault(false);
  expect((await post<Replayed>(owner, '/quarantine/replay', { ids: ids.slice(0, 2) })).body).toEqual({
    replayed: 2,
  });
  expect((await post<Replayed>(owner, '/quarantine/replay')).body).toEqual({ replayed: ids.length - 2 });
  await switchboard.settle();
  expect(await inbox.textsWith(phone)).toHaveLength(5);
  const audited = await queryAsAdmin<{ details: unknown }>(
    switchboard.database,
    `SELECT details FROM audit_events WHERE action = 'quarantine.replayed' ORDER BY id DESC LIMIT 1`,
  );
  expect(audited).toEqual([{ details: { count: ids.length - 2 } }]);
});

describe('who may look after it', () => {
  test('an agent may not, and another organization’s owner sees none of it', async () => {
    await write(number, newPhone(), 'Unlucky secret');
    const id = await newest();
    expect((await get(agent, '/quarantine')).status).toBe(403);
    expect((await post(agent, `/quarantine/${String(id)}/replay`)).status).toBe(403);
    expect(await listOf(stranger)).toEqual([]);
    expect((await get(stranger, `/quarantine/${String(id)}`)).status).toBe(404);
    expect((await post(stranger, `/quarantine/${String(id)}/replay`)).status).toBe(404);
    expect((await post<Replayed>(stranger, '/quarantine/replay')).body).toEqual({ replayed: 0 });
    expect(await newest()).toBe(id);
  });

  test('an admin sees everybody’s and replays it, without reading what customers wrote', async () => {
    await write(number, newPhone(), 'Unlucky secret');
    const id = await newest();
    for (const who of [stranger, agent]) expect((await get(who, '/admin/quarantine')).status).toBe(403);
    expect((await listOf(admin, '/admin/quarantine')).find((item) => item.id === id)).toMatchObject({
      organization: { id: owner.organization.id },
    });
    const { body: detail } = await get<QuarantinedItemDetail>(admin, `/admin/quarantine/${String(id)}`);
    expect(detail.content).toBeNull();
    await setFault(false);
    expect((await post(admin, `/admin/quarantine/${String(id)}/replay`)).status).toBe(200);
    await switchboard.settle();
    expect((await get(owner, `/quarantine/${String(id)}`)).status).toBe(404);
  });

  test('what another organization has set aside is not touched by replaying all', async () => {
    const theirs = await connectNumber(switchboard, stranger.access_token);
    await write(theirs, newPhone(), 'Unlucky theirs');
    await post(owner, '/quarantine/replay');
    await switchboard.settle();
    expect(await listOf(stranger)).toHaveLength(1);
  });
});

describe('a number that changes hands', () => {
  test('leaves what was set aside, and what still waits, to whom the customers wrote', async () => {
    const next = await registerOwner(switchboard.url, 'Next');
    const held = await connectNumber(switchboard, stranger.access_token);
    await write(held, newPhone(), 'Unlucky before the move');
    const [item] = (await listOf(stranger)).filter((one) => one.phone_number_id === held.phoneNumberId);
    const address = `/quarantine/${String(item?.id)}`;
    const disconnect = { method: 'DELETE', token: stranger.access_token };
    expect((await request(`${switchboard.url}/api/waba/${held.wabaId}`, disconnect)).status).toBe(200);
    const connect = { token: next.access_token, body: { access_token: held.token, waba_id: held.wabaId } };
    expect((await request(`${switchboard.url}/api/waba/connect`, connect)).status).toBe(200);

    expect(await listOf(next)).toEqual([]);
    expect((await get(next, address)).status).toBe(404);
    expect((await post<Replayed>(next, '/quarantine/replay')).body).toEqual({ replayed: 0 });
    expect((await get<QuarantinedItemDetail>(stranger, address)).body.content).toContain('before the move');
    expect((await get<QuarantinedItemDetail>(admin, `/admin${address}`)).body).toMatchObject({
      content: null,
      organization: { id: stranger.organization.id },
    });
    // Tried anew it is nobody's: the number is not the old owner's any more.
    await setFault(false);
    expect((await post<Replayed>(stranger, `${address}/replay`)).body).toEqual({ replayed: 1 });
    await switchboard.settle();
    expect(await inboxOf(switchboard.url, next.access_token).conversations()).toEqual([]);
    await write(held, newPhone(), 'To the next');
    expect(await inboxOf(switchboard.url, next.access_token).conversations()).toHaveLength(1);
  });
});

test.each(['abc', '0', '9'.repeat(15), '1e3', '-1'])('the id %s is nobody’s', async (id) => {
  expect((await get(owner, `/quarantine/${id}`)).status).toBe(404);
  expect((await post(owner, `/quarantine/${id}/replay`)).status).toBe(404);
});

test.each([{ ids: [] }, { ids: ['1'] }, { ids: [0] }, { all: true }])(
  'replaying %j is refused',
  async (body) => {
    expect((await post(owner, '/quarantine/replay', body)).status).toBe(400);
  },
);

test('what is set aside is counted for whoever watches', async () => {
  await write(number, newPhone(), 'Unlucky count');
  addWorkGauges(switchboard.app);
  expect(await switchboard.app.metrics.registry.metrics()).toMatch(
    /switchboard_work_waiting\{queue="quarantine"\} [1-9]/,
  );
});
