/**
 * Media: uploading, asking for a download address, downloading.
 * Must stay true: the token goes with a download only to an origin that the caller allows; to any other address not even a
 * connection is made. A download is limited in size and time, and its digest is compared when it is known.
 */
import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FormData, request } from 'undici';
import type { Dispatcher } from 'undici';
import { connectionError, unusableAnswer } from './answer.ts';
import { GraphError } from './graph-error.ts';
import { idAt, numberAt, textAt } from './json.ts';
import { objectPath } from './object-path.ts';
import { requireSuccess } from './require-success.ts';
import { readSha256 } from './sha256-text.ts';
import { credentialsOf, USER_AGENT } from './transport.ts';
import type { GraphToken, GraphTransport } from './transport.ts';

export type UploadedMedia = { mediaId: string };

export type MediaInfo = {
  id: string;
  /** Valid for five minutes. */
  url: string;
  mimeType: string | null;
  /** Lower-case hex. */
  sha256: string | null;
  sizeBytes: number | null;
};

export type MediaDownload = {
  /** An address from `getMedia` or from a webhook. */
  url: string;
  /** Where the token may go: `https://lookaside.fbsbx.com` for Meta. */
  allowedOrigins: readonly string[];
  /** Where the bytes go; ended on success, destroyed on failure. */
  to: Writable;
  maxBytes: number;
  /** Hex or base64; compared when it is given and readable. */
  sha256?: string;
  /** As Meta tells it; compared where there is no digest to compare, which says more. */
  sizeBytes?: number;
  /** For the whole download, in milliseconds; five minutes when absent. */
  timeoutMs?: number;
};

export type DownloadedMedia = { sizeBytes: number; sha256: string; mimeType: string | null };

export type MediaApi = {
  /** The id lives 30 days. Uploading twice only makes a second id. */
  uploadMedia(
    token: GraphToken,
    phoneNumberId: string,
    media: { bytes: Uint8Array; mimeType: string; fileName: string; timeoutMs?: number },
  ): Promise<UploadedMedia>;
  /** With `phoneNumberId` Meta also checks that the number owns the file. */
  getMedia(token: GraphToken, mediaId: string, phoneNumberId?: string): Promise<MediaInfo>;
  deleteMedia(token: GraphToken, mediaId: string, phoneNumberId?: string): Promise<void>;
  /** Kind `invalid` with reason `expired` (ask `getMedia` for a new address), `foreign_origin` or `too_large`. */
  downloadMedia(token: GraphToken, download: MediaDownload): Promise<DownloadedMedia>;
};

const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
const UPLOAD_TIMEOUT_MS = 2 * 60_000;

export function mediaApi(transport: GraphTransport): MediaApi {
  return {
    async uploadMedia(token, phoneNumberId, { bytes, mimeType, fileName, timeoutMs = UPLOAD_TIMEOUT_MS }) {
      const path = objectPath(phoneNumberId, 'media');
      const form = new FormData();
      form.append('messaging_product', 'whatsapp');
      form.append('type', mimeType);
      form.append('file', new Blob([Uint8Array.from(bytes)], { type: mimeType }), fileName);
      const answer = await transport.call({ method: 'POST', path, token, form, timeoutMs, repeatable: true });
      const mediaId = idAt(answer, 'id');
      if (mediaId === null) throw unusableAnswer('no_media_id', { httpStatus: 200, repeatable: true });
      return { mediaId };
    },
    async getMedia(token, mediaId, phoneNumberId) {
      const query = ownedBy(phoneNumberId);
      const answer = await transport.call({
        method: 'GET',
        path: objectPath(mediaId),
        token,
        query,
        repeatable: true,
      });
      const url = textAt(answer, 'url');
      if (url === null) throw unusableAnswer('no_media_url', { httpStatus: 200, repeatable: true });
      return {
        id: idAt(answer, 'id') ?? mediaId,
        url,
        mimeType: textAt(answer, 'mime_type'),
        sha256: readSha256(textAt(answer, 'sha256') ?? ''),
        sizeBytes: numberAt(answer, 'file_size'),
      };
    },
    async deleteMedia(token, mediaId, phoneNumberId) {
      const query = ownedBy(phoneNumberId);
      const path = objectPath(mediaId);
      requireSuccess(await transport.call({ method: 'DELETE', path, token, query, repeatable: true }), true);
    },
    downloadMedia: (token, download) => downloadMedia(transport, token, download),
  };
}

function ownedBy(phoneNumberId: string | undefined): Record<string, string> {
  return phoneNumberId === undefined ? {} : { phone_number_id: phoneNumberId };
}

async function downloadMedia(
  transport: GraphTransport,
  token: GraphToken,
  download: MediaDownload,
): Promise<DownloadedMedia> {
  try {
    const url = allowedUrl(download);
    const { accessToken } = credentialsOf(token, null);
    const signal = AbortSignal.timeout(download.timeoutMs ?? DOWNLOAD_TIMEOUT_MS);
    const response = await request(url, {
      dispatcher: transport.agent,
      method: 'GET',
      headers: { authorization: `Bearer ${accessToken ?? ''}`, 'user-agent': USER_AGENT },
      headersTimeout: transport.timeoutMs,
      bodyTimeout: transport.timeoutMs,
      signal,
    });
    return await receive(response, download, signal);
  } catch (error) {
    download.to.destroy();
    throw error instanceof GraphError ? error : connectionError(error, true, true);
  }
}

/** Exact origins only: a host that merely ends like an allowed one, or another port, is foreign. */
function allowedUrl({ url, allowedOrigins }: MediaDownload): URL {
  const parsed = URL.parse(url);
  const plain = parsed?.username === '' && parsed.password === '';
  if (parsed !== null && plain && /^https?:$/.test(parsed.protocol) && allowedOrigins.includes(parsed.origin))
    return parsed;
  throw mediaError('foreign_origin', 'The address of the file does not belong to Meta.', 'Do not open it.');
}

async function receive(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { maxBytes, to, ...expected }: MediaDownload,
  signal: AbortSignal,
): Promise<DownloadedMedia> {
  const declared = Number(headers['content-length'] ?? 0);
  const refusal = refusalOf(statusCode) ?? (declared > maxBytes ? tooLarge() : null);
  if (refusal !== null) {
    // Giving a body up makes it emit an error, which without a listener would end the process.
    body.on('error', () => undefined).destroy();
    throw refusal;
  }
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge();
      hash.update(chunk);
      yield chunk;
    }
    if (!isWhole(expected, sizeBytes, hash.copy().digest('hex'))) throw damaged();
  }
  await pipeline(body, counted, to, { signal });
  const type = headers['content-type'];
  return { sizeBytes, sha256: hash.digest('hex'), mimeType: typeof type === 'string' ? type : null };
}

function isWhole(
  expected: Pick<MediaDownload, 'sha256' | 'sizeBytes'>,
  sizeBytes: number,
  digest: string,
): boolean {
  const wanted = expected.sha256 === undefined ? null : readSha256(expected.sha256);
  return wanted === null
    ? expected.sizeBytes === undefined || expected.sizeBytes === sizeBytes
    : wanted === digest;
}

function refusalOf(httpStatus: number): GraphError | null {
  if (httpStatus === 200) return null;
  if (httpStatus === 404 || httpStatus === 410)
    return mediaError(
      'expired',
      'The address of the file has expired.',
      'Ask for a new address.',
      httpStatus,
    );
  if (httpStatus === 401 || httpStatus === 403)
    return new GraphError({
      kind: 'permission',
      reason: `http_${String(httpStatus)}`,
      httpStatus,
      meaning: 'The access token may not read this file.',
      whatToDo: 'Connect the WhatsApp account again.',
    });
  return unusableAnswer(`http_${String(httpStatus)}`, { httpStatus, repeatable: true });
}

function mediaError(reason: string, meaning: string, whatToDo: string, httpStatus?: number): GraphError {
  return new GraphError({
    kind: 'invalid',
    reason,
    meaning,
    whatToDo,
    ...(httpStatus === undefined ? {} : { httpStatus }),
  });
}

function tooLarge(): GraphError {
  return mediaError('too_large', 'The file is larger than allowed.', 'Ask for a smaller file.');
}

function damaged(): GraphError {
  return new GraphError({
    kind: 'retry_safe',
    reason: 'wrong_digest',
    meaning: 'The file arrived damaged.',
    whatToDo: 'It is tried again by itself.',
  });
}
