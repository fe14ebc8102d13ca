/** What is stored of a message's content: Meta's object for its type, and what the words alone do not say. Pure. */
import type { InboundMessage, MessageWords } from '../../graph-api/webhook/message-content.ts';
import { isMediaKind } from '../media/contract.ts';
import type { MessageFile } from '../media/note-media.ts';

export type StoredContent = { type: string; text: string; payload: unknown };

export function contentOf(
  message: Omit<InboundMessage, 'from'>,
): StoredContent & { file: MessageFile | null } {
  const { context, referral, groupId, errors } = message;
  const words = wordsOf(message, {
    ...(context ? { context } : {}),
    ...(referral ? { referral } : {}),
    ...(groupId ? { group_id: groupId } : {}),
    ...(errors.length > 0 ? { errors } : {}),
  });
  const file = fileOf(message);
  return { ...words, file: file && { ...file, sentAt: message.timestamp } };
}

/** Null also for a file without an id: there is nothing to fetch it by. */
export function fileOf({
  type,
  media,
}: Pick<InboundMessage, 'type' | 'media'>): Omit<MessageFile, 'sentAt'> | null {
  if (!isMediaKind(type) || !media?.id) return null;
  const { id: metaId, fileName, mimeType: declaredType, sha256 } = media;
  return { metaId, kind: type, fileName, declaredType, sha256 };
}

/** `about` is what belongs to the message beside its words. */
export function wordsOf(words: MessageWords, about: Record<string, unknown> = {}): StoredContent {
  const { type, text, payload, originalType } = words;
  const beside = {
    ...about,
    ...(type === 'unsupported' && originalType ? { original_type: originalType } : {}),
  };
  if (type === 'text' || payload === null)
    return { type, text, payload: Object.keys(beside).length > 0 ? beside : null };
  const isObject = typeof payload === 'object' && !Array.isArray(payload);
  return { type, text, payload: isObject ? { ...payload, ...beside } : { content: payload, ...beside } };
}
