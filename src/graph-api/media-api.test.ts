import { createHash, randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGraphClient } from './client.ts';
import type { GraphClient } from './client.ts';
import { startFakeGraph } from './fixtures/fake-graph.ts';
import type { FakeGraph } from './fixtures/fake-graph.ts';
import { GraphError } from './graph-error.ts';
import type { MediaDownload } from './media-api.ts';

const token = 'EAAtestTokenThatMustNeverBeSeen0003';
const picture = randomBytes(300_000);
const digest = createHash('sha256').update(picture);
const hex = digest.copy().digest('hex');
const base64 = digest.digest('base64');
let graph: FakeGraph;
let client: GraphClient;

beforeAll(async () => {
  graph = await startFakeGraph();
  client = createGraphClient({ apiUrl: graph.url, apiVersion: 'v25.0' });
});
afterAll(async () => {
  await graph.close();
  await client.close();
});

class Kept extends Writable {
  readonly chunks: Buffer[] = [];
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }
  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

function download(change: Partial<Omit<MediaDownload, 'to'>> = {}): MediaDownload & { to: Kept } {
  return {
    url: `${graph.url}/file?mid=1`,
    allowedOrigins: [graph.url],
    maxBytes: 1_000_000,
    to: new Kept(),
    ...change,
  };
}

async function failureOf(call: Promise<unknown>): Promise<GraphError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GraphError);
  return error as GraphError;
}

function servePicture(): void {
  graph.answer((response) => response.writeHead(200, { 'content-type': 'image/png' }).end(picture));
}

describe('uploadMedia', () => {
  it('sends the file as a form with its type and name', async () => {
    graph.answer({ json: { id: '92001' } });
    const bytes = Buffer.from('the bytes of a picture');
    const made = await client.uploadMedia(token, '7001', {
      bytes,
      mimeType: 'image/png',
      fileName: 'b\u00e4r.png',
    });
    expect(made).toEqual({ mediaId: '92001' });
    const [call] = graph.calls;
    expect(call).toMatchObject({ method: 'POST', path: '/v25.0/7001/media' });
    expect(call?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(call?.body).toMatch(/name="messaging_product"\r\n\r\nwhatsapp/);
    expect(call?.body).toMatch(
      /filename="bär\.png"\r\nContent-Type: image\/png\r\n\r\nthe bytes of a picture/,
    );
  });
});

describe('getMedia', () => {
  it('reads sizes and digests in either form', async () => {
    for (const [size, sha256] of [
      ['300000', base64],
      [300000, hex.toUpperCase()],
    ]) {
      graph.answer({
        json: { id: '92001', url: 'https://x.test/f', mime_type: 'image/png', sha256, file_size: size },
      });
      expect(await client.getMedia(token, '92001', '7001')).toEqual({
        id: '92001',
        url: 'https://x.test/f',
        mimeType: 'image/png',
        sha256: hex,
        sizeBytes: 300000,
      });
      expect(graph.calls[0]?.query.get('phone_number_id')).toBe('7001');
    }
  });
});

describe('downloadMedia', () => {
  it('writes the file and tells its size, digest and type', async () => {
    servePicture();
    const wanted = download({ sha256: base64 });
    expect(await client.downloadMedia(token, wanted)).toEqual({
      sizeBytes: picture.length,
      sha256: hex,
      mimeType: 'image/png',
    });
    expect(wanted.to.bytes.equals(picture)).toBe(true);
    expect(wanted.to.writableFinished).toBe(true);
    expect(graph.calls[0]?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it('makes no connection to an address that is not allowed', async () => {
    const other = await startFakeGraph();
    const host = new URL(graph.url).host;
    for (const url of [
      `${other.url}/file`,
      `http://${host}@${new URL(other.url).host}/file`,
      `http://user:pw@${host}/file`,
      graph.url.replace('http:', 'https:'),
      graph.url.replace('http:', 'ftp:'),
      `http://${host}.evil.test/file`,
      'file:///etc/passwd',
      'javascript:alert(1)',
      '//evil.test',
      '',
    ]) {
      const wanted = download({ url });
      expect(await failureOf(client.downloadMedia(token, wanted))).toMatchObject({
        reason: 'foreign_origin',
      });
      expect(wanted.to.destroyed).toBe(true);
    }
    expect(other.calls).toHaveLength(0);
    await other.close();
  });

  it('knows an address that only begins like an allowed one', async () => {
    for (const url of [
      'https://files.test.evil.test/file',
      'https://files.test:444/file',
      'https://files.test@evil.test/',
    ]) {
      const wanted = download({ url, allowedOrigins: ['https://files.test'] });
      expect(await failureOf(client.downloadMedia(token, wanted))).toMatchObject({
        reason: 'foreign_origin',
      });
    }
  });

  it('does not wait for a file that is announced as too large', async () => {
    graph.answer((response) => {
      response.writeHead(200, { 'content-length': '1000001' }).flushHeaders();
    });
    const error = await failureOf(client.downloadMedia(token, download({ timeoutMs: 3000 })));
    expect(error.reason).toBe('too_large');
  });

  it('does not follow a redirect', async () => {
    const other = await startFakeGraph();
    graph.answer({ status: 302, text: '', headers: { location: `${other.url}/file` } });
    expect((await failureOf(client.downloadMedia(token, download()))).reason).toBe('http_302');
    expect(other.calls).toHaveLength(0);
    await other.close();
  });

  it.each([
    [404, 'invalid', 'expired'],
    [401, 'permission', 'http_401'],
    [500, 'retry_safe', 'http_500'],
  ])('reads status %i as %s', async (status, kind, reason) => {
    graph.answer({ status, text: 'no' });
    const wanted = download();
    expect(await failureOf(client.downloadMedia(token, wanted))).toMatchObject({ kind, reason });
    expect(wanted.to.destroyed).toBe(true);
  });

  it('stops at the size limit, announced or not', async () => {
    servePicture();
    expect((await failureOf(client.downloadMedia(token, download({ maxBytes: 299_999 })))).reason).toBe(
      'too_large',
    );
    graph.answer((response) => {
      response.writeHead(200);
      const pump = (): void => {
        while (!response.destroyed && response.write(picture));
        if (!response.destroyed) response.once('drain', pump);
      };
      pump();
    });
    const endless = download();
    expect((await failureOf(client.downloadMedia(token, endless))).reason).toBe('too_large');
    expect(endless.to.bytes.length).toBeLessThanOrEqual(1_000_000);
  });

  it('refuses a damaged file, and one that stops halfway', async () => {
    servePicture();
    const damaged = download({ sha256: 'f'.repeat(64) });
    expect(await failureOf(client.downloadMedia(token, damaged))).toMatchObject({
      kind: 'retry_safe',
      reason: 'wrong_digest',
    });
    expect(damaged.to.writableFinished).toBe(false);
    graph.answer((response) => {
      response.writeHead(200, { 'content-length': String(picture.length) }).write(picture.subarray(0, 1000));
      setImmediate(() => response.destroy());
    });
    const halfway = download();
    expect((await failureOf(client.downloadMedia(token, halfway))).kind).toBe('retry_safe');
    expect(halfway.to.destroyed).toBe(true);
  });

  it.each([-1, 1])(
    'refuses a file of another size than told (%i), unless its digest is right',
    async (more) => {
      const sizeBytes = picture.length + more;
      servePicture();
      const wrong = await failureOf(client.downloadMedia(token, download({ sizeBytes })));
      expect(wrong).toMatchObject({ kind: 'retry_safe', reason: 'wrong_digest' });
      servePicture();
      const sha256 = createHash('sha256').update(picture).digest('base64');
      await client.downloadMedia(token, download({ sizeBytes, sha256 }));
      servePicture();
      await client.downloadMedia(token, download({ sizeBytes: picture.length }));
    },
  );

  it('ends a download that hangs', async () => {
    graph.answer((response) => void response.writeHead(200).write('x'));
    const error = await failureOf(client.downloadMedia(token, download({ timeoutMs: 150 })));
    expect(error).toMatchObject({ kind: 'retry_safe', reason: 'timeout' });
  });
});
