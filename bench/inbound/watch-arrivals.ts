/** A customer writes, and somebody's browser hears of it: how long that takes, with other work going on beside it or not. */
import type pg from 'pg';
import { envelopeOf, newPhone, newWamid, textChange } from '../../test/harness/deliveries.ts';
import type { ConnectedOwner } from '../../test/harness/process-clients.ts';
import { until } from '../../test/harness/server-process.ts';
import { postAtRate, toRequest } from './post-deliveries.ts';

/** Milliseconds from the posting of a message to its event in a browser's stream, sorted. */
export async function measureArrivals(
  server: { url: string; admin: pg.Client },
  owner: ConnectedOwner,
  load: { perSecond: number; seconds: number },
): Promise<number[]> {
  const stream = await openStream(server.url, owner.token);
  const postedAt = new Map<string, number>();
  const contacts = Array.from({ length: 20 }, newPhone);
  await postAtRate(server.url, {
    ...load,
    connections: 10,
    make(index) {
      const id = newWamid();
      const from = { phone: contacts[index % contacts.length] ?? '' };
      const change = textChange(owner.phoneNumberId, { from, text: `Live ${String(index)}`, id });
      postedAt.set(id, performance.now());
      return toRequest(JSON.stringify(envelopeOf(owner.wabaId, [change])));
    },
  });
  await until(() => Promise.resolve(stream.arrivedAt.size), {
    is: (arrived) => arrived >= postedAt.size,
    within: 120_000,
    what: 'every live message in the stream',
  });
  stream.close();
  const { rows } = await server.admin.query<{ wamid: string; id: string }>(
    'SELECT wamid, message_id AS id FROM message_keys WHERE wamid = ANY($1)',
    [[...postedAt.keys()]],
  );
  const times = rows.map(({ wamid, id }) => {
    return (stream.arrivedAt.get(Number(id)) ?? Infinity) - (postedAt.get(wamid) ?? 0);
  });
  return times.sort((a, b) => a - b);
}

/** When each message's event came, by message id. */
async function openStream(
  url: string,
  token: string,
): Promise<{ arrivedAt: Map<number, number>; close(): void }> {
  const hangUp = new AbortController();
  const response = await fetch(`${url}/api/v1/events`, {
    headers: { authorization: `Bearer ${token}` },
    signal: hangUp.signal,
  });
  const arrivedAt = new Map<number, number>();
  const read = async () => {
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const now = performance.now();
      const frames = (rest + chunk).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        const id = /^event: message\.received$[^]*"message_id":(\d+)/m.exec(frame)?.[1];
        if (id !== undefined) arrivedAt.set(Number(id), now);
      }
    }
  };
  read().catch((error: unknown) => {
    if (!hangUp.signal.aborted) throw error;
  });
  return { arrivedAt, close: () => hangUp.abort() };
}
