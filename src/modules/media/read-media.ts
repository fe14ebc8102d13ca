/** Reading files: what a thread says of them, and the bytes. Whoever sees the conversation may; for others there is no such file. */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Actor } from '../auth/contract.ts';
import type { Media, MediaKind, MediaState } from './contract.ts';
import { enqueueFetch } from './note-media.ts';
import { findMedia, findMediaOfMessages, waitAgain, type MediaRow } from './queries.ts';

type Reader = Pick<Actor, 'userId' | 'organizationId'>;

function presentMedia(row: MediaRow): Media {
  const { message_id: _message, conversation_id: _conversation, stored_as: _name, ...shown } = row;
  return { ...shown, kind: row.kind as MediaKind, state: row.state as MediaState };
}

/** The files of a page of messages, by message. */
export async function describeMediaOfMessages(
  tx: Tx,
  messageIds: number[],
): Promise<ReadonlyMap<number, Media>> {
  const rows = await findMediaOfMessages(tx, messageIds);
  // An edited message has had two files; the newest is the one it shows.
  return new Map(rows.map((row) => [row.message_id, presentMedia(row)]));
}

/** A stored file that the reader may see. */
export type OpenedMedia = { media: Media; path: string; thumbnailPath: string | null };

/** Throws 404 for a file that is absent or not the reader's, 409 `media.not_stored` while it is not there. */
export async function openMedia(app: App, actor: Reader, id: string): Promise<OpenedMedia> {
  const row = isUuid(id) ? await asUser(app, actor, (tx) => findMedia(tx, id)) : undefined;
  if (!row) throw notFound('file');
  if (row.state !== 'stored' || row.stored_as === null)
    throw new AppError(
      'media.not_stored',
      409,
      row.fault ?? 'The file is still being fetched from WhatsApp. Try again in a moment.',
      { state: row.state },
    );
  const { files } = app.media;
  return {
    media: presentMedia(row),
    path: files.pathOf(row.stored_as),
    thumbnailPath: row.has_thumbnail ? files.thumbnailPathOf(row.stored_as) : null,
  };
}

/** Fetches a file again that was given up. Throws 404 as openMedia; a file that waits or is there stays as it is. */
export function retryMedia(app: App, actor: Reader, id: string): Promise<Media> {
  return asUser(app, actor, async (tx) => {
    const isWaiting = isUuid(id) && (await waitAgain(tx, id));
    if (isWaiting) enqueueFetch(tx, { organizationId: actor.organizationId, mediaId: id });
    const row = isUuid(id) ? await findMedia(tx, id) : undefined;
    if (!row) throw notFound('file');
    return presentMedia(row);
  });
}
