/** Files of messages: fetched after the message is shown, whatever Meta, the network or the sender do; given out only safely. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../src/modules/conversations/contract.ts';
import { fetchMedia } from '../../src/modules/media/fetch-media.ts';
import { removeLeftovers } from '../../src/modules/media/remove-leftovers.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { deliver, envelope, newPhone } from '../harness/deliveries.ts';
import { hire } from '../harness/people.ts';
import { changeOf, revoke } from '../harness/webhook-kinds.ts';
import { inbox, number, owner, switchboard } from '../harness/with-number.ts';

let photo: Buffer;

beforeAll(async () => {
  photo = await sharp({ create: { width: 900, height: 600, channels: 3, background: 'teal' } })
    .withExif({ IFD0: { Copyright: 'a place that nobody should know' } })
    .jpeg()
    .toBuffer();
});

type SentFile = { bytes: Buffer; mimeType?: string; type?: string; filename?: string; message?: object };

/** A customer sends a file; the message as the inbox shows it, after everything has been worked off. */
async function sendFile({ bytes, mimeType = 'image/jpeg', type = 'image', filename, message }: SentFile) {
  const { control } = switchboard.simulator;
  const item = await control.storeMedia({
    phoneNumberId: number.phoneNumberId,
    mimeType,
    bytes,
    filename: filename ?? null,
  });
  const from = newPhone();
  control.inbound({
    phone_number_id: number.phoneNumberId,
    from,
    type,
    media_id: item.id,
    ...(message ? { message: { ...message } } : {}),
  });
  await switchboard.settle();
  return { from, item, message: await newest(from) };
}

async function newest(from: string): Promise<Message> {
  const { id } = await inbox.with(from);
  const [message] = await inbox.thread(id);
  if (!message) throw new Error('There is no message.');
  return message;
}

function mediaOf(message: Message): NonNullable<Message['media']> {
  if (!message.media) throw new Error('The message has no file.');
  return message.media;
}

async function get(
  id: string,
  options: { token?: string; part?: string; headers?: Record<string, string> } = {},
) {
  const { token = owner.access_token, part = '', headers = {} } = options;
  return fetch(`${switchboard.url}/api/v1/media/${id}${part}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}

async function storedFiles(): Promise<string[]> {
  const folder = path.join(switchboard.app.config.dataDir, 'media');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe('a file that arrives', () => {
  test('is there a moment after its message, byte for byte, with a small picture that tells nothing of the place', async () => {
    const { message } = await sendFile({ bytes: photo });
    const media = mediaOf(message);
    expect(media).toMatchObject({
      kind: 'image',
      state: 'stored',
      mime_type: 'image/jpeg',
      size_bytes: photo.length,
      width: 900,
      height: 600,
      has_thumbnail: true,
    });
    const whole = await get(media.id);
    expect(whole.status).toBe(200);
    expect(Buffer.from(await whole.arrayBuffer()).equals(photo)).toBe(true);
    const small = await get(media.id, { part: '/thumbnail' });
    const bytes = Buffer.from(await small.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 640 });
    expect(bytes.includes('nobody should know')).toBe(false);
  });

  test('lies under a random name that says nothing of the sender', async () => {
    await sendFile({ bytes: photo, type: 'document', filename: 'passport of Ada.jpg' });
    for (const name of await storedFiles()) expect(name).toMatch(/^[0-9a-f]{32}(\.thumbnail)?$/);
  });

  test('is given in parts to a player that asks for parts', async () => {
    const { message } = await sendFile({ bytes: photo });
    const part = await get(mediaOf(message).id, { headers: { range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(photo.subarray(10, 20))).toBe(true);
  });

  test('belongs to whoever sees the conversation; for everybody else there is none', async () => {
    const { message } = await sendFile({ bytes: photo });
    const { id } = mediaOf(message);
    const colleague = await hire(switchboard, owner);
    const stranger = await registerOwner(switchboard.url);
    for (const person of [colleague, stranger])
      for (const address of ['', '/thumbnail'])
        expect((await get(id, { token: person.access_token, part: address })).status).toBe(404);
    expect((await get('not-an-id')).status).toBe(404);
    const nobody = await fetch(`${switchboard.url}/api/v1/media/${id}`);
    expect(nobody.status).toBe(401);
  });
});

describe('a file that wants to do harm', () => {
  const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const HTML = Buffer.from('<!doctype html><script>alert(1)</script>');
  const GIF_WITH_SCRIPT = Buffer.concat([Buffer.from('GIF89a/*'), Buffer.from('*/=1;alert(1)<script>')]);

  test.each([
    ['an SVG that says it is a JPEG', SVG, 'image/jpeg', 'photo.jpg'],
    ['a page', HTML, 'text/html', 'a.html'],
    ['a page behind a NUL', HTML, 'image/png', 'a.html%00.png'],
    ['a name that climbs', HTML, 'application/octet-stream', '../../../../etc/passwd'],
    ['a name with a new line', HTML, 'text/plain', 'a\r\nset-cookie: x=1'],
    ['a name that turns the writing direction', HTML, 'text/plain', 'invoice\u202efdp.html'],
    ['a name in quotes', HTML, 'text/plain', 'a"; filename="b.html'],
    ['a script in the shape of an XML', Buffer.from('<?xml version="1.0"?><x/>'), 'image/svg+xml', 'x.svg'],
  ])('%s is saved, never opened', async (_name, bytes, mimeType, filename) => {
    const { message } = await sendFile({ bytes, mimeType, type: 'document', filename });
    const answer = await get(mediaOf(message).id);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename=/);
    expect(answer.headers.get('content-disposition')).not.toMatch(/[\r\n/\\]|%2F|%E2%80%AE/iu);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('a GIF that is also a script is given as a GIF and nothing else', async () => {
    const { message } = await sendFile({ bytes: GIF_WITH_SCRIPT, mimeType: 'text/javascript' });
    const answer = await get(mediaOf(message).id);
    expect(answer.headers.get('content-type')).toBe('image/gif');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('a picture of a billion pixels is kept without a small picture', async () => {
    const header = Buffer.from(photo);
    // The frame header holds height and width; the decoder is told 65,500 × 65,500.
    const frame = header.indexOf(Buffer.from([0xff, 0xc0]));
    header.writeUInt16BE(65_500, frame + 5);
    header.writeUInt16BE(65_500, frame + 7);
    const { message } = await sendFile({ bytes: header });
    expect(mediaOf(message)).toMatchObject({ state: 'stored', has_thumbnail: false });
  });

  test('an address of somebody else gets neither a call nor the token', async () => {
    let calls = 0;
    const evil = createServer((_request, response) => {
      calls++;
      response.end('x');
    });
    await new Promise<void>((ready) => evil.listen(0, '127.0.0.1', ready));
    const { port } = evil.address() as AddressInfo;
    const url = `http://127.0.0.1:${String(port)}/file`;
    const id = '987000111222333';
    const from = newPhone();
    switchboard.simulator.control.inbound({
      phone_number_id: number.phoneNumberId,
      from,
      type: 'image',
      message: { image: { id, url, link: url, mime_type: 'image/jpeg', sha256: 'x' } },
    });
    await switchboard.settle();
    expect(mediaOf(await newest(from)).state).toBe('waiting');
    expect(calls).toBe(0);
    await new Promise((closed) => evil.close(closed));
  });
});

describe('a file that cannot be had', () => {
  /** What the next try would do, without waiting for its time. */
  async function tryAgain(id: string): Promise<void> {
    await fetchMedia(switchboard.app, { organizationId: owner.organization.id, mediaId: id });
  }

  test('never holds up or hides its message, and is there once Meta has it', async () => {
    const id = '555000111222333';
    const from = newPhone();
    const { control } = switchboard.simulator;
    const declared = { id, mime_type: 'image/jpeg', caption: 'The tap drips' };
    control.inbound({
      phone_number_id: number.phoneNumberId,
      from,
      type: 'image',
      message: { image: declared },
    });
    await switchboard.settle();
    const waiting = await newest(from);
    expect(waiting).toMatchObject({ type: 'image', text: 'The tap drips' });
    expect(mediaOf(waiting)).toMatchObject({ state: 'waiting' });
    const refused = await get(mediaOf(waiting).id);
    expect(refused.status).toBe(409);
    const item = await control.storeMedia({
      phoneNumberId: number.phoneNumberId,
      mimeType: 'image/jpeg',
      bytes: photo,
      filename: null,
    });
    await queryAsAdmin(
      switchboard.database,
      `UPDATE media SET meta_id = '${item.id}' WHERE meta_id = '${id}'`,
    );
    await tryAgain(mediaOf(waiting).id);
    expect(mediaOf(await newest(from)).state).toBe('stored');
  });

  test('waits for a disk that takes nothing, and is there once it does', async () => {
    const folder = path.join(switchboard.app.config.dataDir, 'media');
    await rename(folder, `${folder}.away`);
    await writeFile(folder, 'not a folder');
    const { from, message } = await sendFile({ bytes: photo });
    const media = mediaOf(message);
    expect(media).toMatchObject({ state: 'waiting' });
    expect(media.fault).toMatch(/could not be stored/);
    await rm(folder);
    await rename(`${folder}.away`, folder);
    await tryAgain(media.id);
    expect(mediaOf(await newest(from)).state).toBe('stored');
  });

  test('is given up when it arrives damaged every time, and leaves nothing half', async () => {
    const before = (await storedFiles()).length;
    const { control } = switchboard.simulator;
    const item = await control.storeMedia({
      phoneNumberId: number.phoneNumberId,
      mimeType: 'image/jpeg',
      bytes: photo,
      filename: null,
    });
    const sha256 = createHash('sha256').update('other bytes').digest('base64');
    const from = newPhone();
    control.inbound({
      phone_number_id: number.phoneNumberId,
      from,
      type: 'image',
      message: { image: { id: item.id, mime_type: 'image/jpeg', sha256 } },
    });
    await switchboard.settle();
    const { id } = mediaOf(await newest(from));
    for (let i = 0; i < 6; i++) await tryAgain(id);
    expect(mediaOf(await newest(from))).toMatchObject({ state: 'failed' });
    expect(await storedFiles()).toHaveLength(before);
    // A person may ask for it once more.
    const answer = await fetch(`${switchboard.url}/api/v1/media/${id}/retry`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner.access_token}` },
    });
    expect(await answer.json()).toMatchObject({ state: 'waiting', fault: null });
  });

  test('is expired when Meta’s seven days are over', async () => {
    const from = newPhone();
    const eightDaysAgo = Math.floor(Date.now() / 1000) - 8 * 86_400;
    switchboard.simulator.control.inbound({
      phone_number_id: number.phoneNumberId,
      from,
      type: 'audio',
      timestamp: eightDaysAgo,
      message: { audio: { id: '444000111222333', mime_type: 'audio/ogg; codecs=opus', voice: true } },
    });
    await switchboard.settle();
    expect(mediaOf(await newest(from))).toMatchObject({ kind: 'audio', state: 'expired' });
  });
});

test('two who fetch the same file keep one', async () => {
  const { message } = await sendFile({ bytes: photo });
  const { id } = mediaOf(message);
  const files = (await storedFiles()).length;
  await queryAsAdmin(
    switchboard.database,
    `UPDATE media SET state = 'waiting', stored_as = NULL WHERE id = '${id}'`,
  );
  const job = { organizationId: owner.organization.id, mediaId: id };
  await Promise.all([fetchMedia(switchboard.app, job), fetchMedia(switchboard.app, job)]);
  expect(await storedFiles()).toHaveLength(files + 2);
  expect((await get(id)).status).toBe(200);
});

test('the file of a message that its sender deletes for everybody is gone at once, and its bytes with the next clean-up', async () => {
  const { from, message } = await sendFile({ bytes: photo });
  const { id } = mediaOf(message);
  const [{ name } = { name: '' }] = await queryAsAdmin<{ name: string }>(
    switchboard.database,
    `SELECT stored_as AS name FROM media WHERE id = '${id}'`,
  );
  const gone = revoke({ from: { phone: from } }, message.wamid ?? '');
  const change = changeOf(number.phoneNumberId, 'messages', { messages: [gone] });
  await deliver(switchboard.url, envelope([change]));
  await switchboard.settle();
  expect((await newest(from)).media).toBeNull();
  const answers = await Promise.all(['', '/thumbnail'].map((part) => get(id, { part })));
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  await removeLeftovers(switchboard.app, -1000);
  expect((await storedFiles()).filter((file) => file.startsWith(name))).toEqual([]);
});

test('files that nothing refers to are removed, all others stay', async () => {
  const { message } = await sendFile({ bytes: photo });
  const leftOver = await switchboard.app.media.files.begin();
  leftOver.to.end(randomBytes(10));
  await new Promise((written) => leftOver.to.on('close', written));
  const [kept] = await queryAsAdmin<{ name: string }>(
    switchboard.database,
    `SELECT stored_as AS name FROM media WHERE id = '${mediaOf(message).id}'`,
  );
  expect(await removeLeftovers(switchboard.app, -1000)).toBeGreaterThan(0);
  const files = await storedFiles();
  expect(files).toContain(kept?.name);
  expect(files.filter((name) => name.endsWith('.part'))).toEqual([]);
  expect((await get(mediaOf(message).id)).status).toBe(200);
});
