/** Remembers that a message has a file, and starts fetching it. In the message's own transaction, so neither is there alone. */
import type { Tx } from '../../platform/db/tx.ts';
import type { MediaKind } from './contract.ts';
import { insertMedia } from './queries.ts';

/** The job that fetches a file. */
export const FETCH_MEDIA = 'media.fetch';

/** Days that Meta gives a received file out (Cloud API, "Media: media ids from webhooks"). */
const META_KEEPS_DAYS = 7;

/** A file as the message tells of it. */
export type MessageFile = {
  /** Meta's id of the file. */
  metaId: string;
  kind: MediaKind;
  fileName: string | null;
  declaredType: string | null;
  /** Lower-case hex, as the webhook says. */
  sha256: string | null;
  /** When Meta made the id: as the message was written, or for files of the past just now (null). */
  sentAt: Date | null;
};

/** The message that the file belongs to. */
export type FileOfMessage = { organizationId: string; phoneNumberId: string; messageId: number };

/**
 * To be called before the message is inserted or gets its content: whose it is and its conversation follow from the message's row
 * (db/code/media.sql). Doing it twice for one message changes nothing.
 */
export async function noteMedia(tx: Tx, message: FileOfMessage, file: MessageFile): Promise<void> {
  const writtenAt = Math.min(file.sentAt?.getTime() ?? Date.now(), Date.now());
  const mediaId = await insertMedia(tx, {
    ...message,
    metaId: file.metaId,
    kind: file.kind,
    fileName: file.fileName?.slice(0, 255) ?? null,
    declaredType: file.declaredType?.slice(0, 255) ?? null,
    sha256: file.sha256,
    expiresAt: new Date(writtenAt + META_KEEPS_DAYS * 86_400_000),
  });
  if (mediaId !== null) enqueueFetch(tx, { organizationId: message.organizationId, mediaId });
}

/** Starts fetching after so many seconds, if the transaction commits. */
export function enqueueFetch(tx: Tx, media: { organizationId: string; mediaId: string }, seconds = 0): void {
  tx.enqueue(
    FETCH_MEDIA,
    { organization_id: media.organizationId, media_id: media.mediaId },
    { singletonKey: media.mediaId, startAfterSeconds: seconds },
  );
}
