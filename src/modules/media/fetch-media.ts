/**
 * Fetches a message's file from Meta, after the message is on the screens and never in its way. Safe to run twice: each run writes
 * a file of its own name, and the row takes one of them. A failure is noted and tried again until Meta no longer has the file.
 */
import { fileTypeFromFile } from 'file-type';
import type { App } from '../../app.ts';
import { GraphError } from '../../graph-api/graph-error.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import { asWorker, type Tx } from '../../platform/db/tx.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { findSendingToken } from '../waba/account-token.ts';
import type { MediaKind } from './contract.ts';
import { makeThumbnail } from './make-thumbnail.ts';
import { enqueueFetch } from './note-media.ts';
import { findWaiting, markStored, noteFailure, type StoredFile, type WaitingMedia } from './queries.ts';
import { decideAfterFailure, MOST_BYTES, THUMBNAIL_TYPES } from './rules.ts';

/** Which file, and whose. */
export type MediaJob = { organizationId: string; mediaId: string };

/** Fetches one file and keeps it. Never throws for what Meta or the network does: the failure is noted, and it is tried again or given up. */
export async function fetchMedia(app: App, job: MediaJob): Promise<void> {
  const found = await asWorker(app, job.organizationId, async (tx) => {
    const media = await findWaiting(tx, job.mediaId);
    return media && { media, token: await findSendingToken(app, tx, media.phone_number_id) };
  });
  if (!found) return;
  await failpoint('media.fetching');
  try {
    const file = await download(app, found.media, found.token);
    await failpoint('media.downloaded');
    await asWorker(app, job.organizationId, (tx) => keep(tx, found.media, file)).then(async (isKept) => {
      if (!isKept) await app.media.files.remove(file.storedAs);
    });
    await failpoint('media.stored');
  } catch (error) {
    await noteTrouble(app, job, { media: found.media, error });
  }
}

/** Meta's address of a file lives five minutes, so it is asked for at every try. */
async function download(app: App, media: WaitingMedia, token: GraphToken | null): Promise<StoredFile> {
  if (token === null)
    throw new GraphError({
      kind: 'token',
      meaning: 'The WhatsApp account is not connected.',
      whatToDo: 'Connect it again; the file is fetched then.',
    });
  const kind = media.kind as MediaKind;
  const info = await app.graph.getMedia(token, media.meta_id, media.phone_number_id);
  const expected = media.declared_sha256 ?? info.sha256;
  const file = await app.media.files.begin();
  try {
    const { sizeBytes } = await app.graph.downloadMedia(token, {
      url: info.url,
      allowedOrigins: app.media.origins,
      to: file.to,
      maxBytes: MOST_BYTES[kind],
      ...(expected === null ? {} : { sha256: expected }),
      ...(info.sizeBytes === null ? {} : { sizeBytes: info.sizeBytes }),
    });
    // What is shown later follows from the bytes, never from what the sender says.
    const mimeType = (await fileTypeFromFile(file.path))?.mime ?? null;
    await file.keep();
    return { storedAs: file.name, sizeBytes, mimeType, ...(await drawThumbnail(app, file.name, mimeType)) };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function drawThumbnail(app: App, name: string, mimeType: string | null) {
  const thumbnail =
    mimeType !== null && THUMBNAIL_TYPES.has(mimeType)
      ? await makeThumbnail(app.media.files.pathOf(name))
      : null;
  if (thumbnail) await app.media.files.writeThumbnail(name, thumbnail.bytes);
  return {
    width: thumbnail?.width ?? null,
    height: thumbnail?.height ?? null,
    hasThumbnail: thumbnail !== null,
  };
}

async function keep(tx: Tx, media: WaitingMedia, file: StoredFile): Promise<boolean> {
  const isKept = await markStored(tx, media.id, file);
  if (isKept) tellScreens(tx, media);
  return isKept;
}

function tellScreens(tx: Tx, media: WaitingMedia): void {
  if (media.conversation_id === null) return;
  tx.publish({
    type: 'message.media',
    agentId: media.agent_id,
    assigneeId: null,
    data: { conversation_id: media.conversation_id, message_id: media.message_id },
  });
}

async function noteTrouble(
  app: App,
  job: MediaJob,
  { media, error }: { media: WaitingMedia; error: unknown },
): Promise<void> {
  const graphError = error instanceof GraphError ? error : null;
  const next = decideAfterFailure(graphError, {
    attempts: media.attempts + 1,
    isExpired: media.expires_at <= app.clock.now(),
  });
  app.log.warn({ err: error, media_id: media.id, action: next.action }, 'A file could not be fetched');
  await asWorker(app, job.organizationId, async (tx) => {
    const state = next.action === 'retry' ? 'waiting' : next.state;
    if (!(await noteFailure(tx, media.id, { state, fault: next.fault }))) return;
    if (next.action === 'retry') enqueueFetch(tx, job, next.seconds);
    tellScreens(tx, media);
  });
}
