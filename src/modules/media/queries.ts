/** All SQL of files. */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';
import type { MediaKind, MediaState } from './contract.ts';

export type NewMedia = {
  organizationId: string;
  messageId: number;
  phoneNumberId: string;
  metaId: string;
  kind: MediaKind;
  fileName: string | null;
  declaredType: string | null;
  sha256: string | null;
  expiresAt: Date;
};

/** Null when this message's file is known already. */
export async function insertMedia(tx: Tx, media: NewMedia): Promise<string | null> {
  const row = await tx.db
    .insertInto('media')
    .values({
      organization_id: media.organizationId,
      message_id: media.messageId,
      phone_number_id: media.phoneNumberId,
      meta_id: media.metaId,
      kind: media.kind,
      file_name: media.fileName,
      declared_type: media.declaredType,
      declared_sha256: media.sha256,
      expires_at: media.expiresAt,
      // Of two files that an edited message gets in one transaction the later is the newer.
      created_at: sql`clock_timestamp()`,
    })
    .onConflict((conflict) => conflict.constraint('media_message_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

const shown = [
  'id',
  'message_id',
  'conversation_id',
  'kind',
  'state',
  'fault',
  'file_name',
  'mime_type',
  'size_bytes',
  'width',
  'height',
  'has_thumbnail',
  'stored_as',
] as const;

export type MediaRow = NonNullable<Awaited<ReturnType<typeof findMedia>>>;

export async function findMedia(tx: Tx, id: string) {
  return tx.db.selectFrom('media').select(shown).where('id', '=', id).executeTakeFirst();
}

export async function findMediaOfMessages(tx: Tx, messageIds: number[]): Promise<MediaRow[]> {
  if (messageIds.length === 0) return [];
  return tx.db
    .selectFrom('media')
    .select(shown)
    .where('message_id', '=', sql<number>`ANY(${messageIds}::bigint[])`)
    .orderBy('created_at')
    .execute();
}

/** What fetching needs. Undefined when it does not wait any more. */
export async function findWaiting(tx: Tx, id: string) {
  return tx.db
    .selectFrom('media')
    .select(['id', 'agent_id', 'conversation_id', 'message_id', 'phone_number_id', 'meta_id', 'kind'])
    .select(['declared_sha256', 'attempts', 'expires_at'])
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
}
export type WaitingMedia = NonNullable<Awaited<ReturnType<typeof findWaiting>>>;

export type StoredFile = {
  storedAs: string;
  mimeType: string | null;
  sizeBytes: number;
  width: number | null;
  height: number | null;
  hasThumbnail: boolean;
};

/** False when it was stored by somebody else meanwhile, or is gone. */
export async function markStored(tx: Tx, id: string, file: StoredFile): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('media')
    .set({
      state: 'stored',
      fault: null,
      stored_as: file.storedAs,
      mime_type: file.mimeType,
      size_bytes: file.sizeBytes,
      width: file.width,
      height: file.height,
      has_thumbnail: file.hasThumbnail,
    })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** False when it does not wait any more. */
export async function noteFailure(
  tx: Tx,
  id: string,
  failure: { state: Exclude<MediaState, 'stored'>; fault: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('media')
    .set({ state: failure.state, fault: failure.fault, attempts: sql`attempts + 1` })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Has a file fetched again that was given up. False when it was not. */
export async function waitAgain(tx: Tx, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('media')
    .set({ state: 'waiting', fault: null, attempts: 0 })
    .where('id', '=', id)
    .where('state', 'in', ['failed', 'expired'])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Those of the names under which a file is stored. */
export async function listKeptNames(tx: Tx, names: string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`SELECT app.keep_media_names(${names}) AS name`.execute(tx.db);
  return rows.map((row) => row.name);
}

export async function listForgotten(
  tx: Tx,
  most: number,
): Promise<{ organizationId: string; mediaId: string }[]> {
  const { rows } = await sql<{ organization_id: string; media_id: string }>`
    SELECT * FROM app.find_waiting_media(interval '2 hours', ${most})`.execute(tx.db);
  return rows.map((row) => ({ organizationId: row.organization_id, mediaId: row.media_id }));
}
