/** How large a file may be, what to do when fetching one failed, and what a browser may open by itself. Pure. */
import type { GraphError } from '../../graph-api/graph-error.ts';
import type { MediaKind, MediaState } from './contract.ts';

const MB = 1024 * 1024;

/** The most that Meta takes of each kind (Cloud API, "Media: supported media types"), and a little for its rounding. */
export const MOST_BYTES: Readonly<Record<MediaKind, number>> = {
  image: 6 * MB,
  video: 17 * MB,
  audio: 17 * MB,
  document: 101 * MB,
  sticker: MB,
};

/** A file whose digest is wrong is asked for so many times: Meta repairs what it has stored badly, or never does. */
const MOST_DAMAGED_DOWNLOADS = 6;
const LONGEST_PAUSE_SECONDS = 3600;

export type NextStep =
  | { action: 'retry'; seconds: number; fault: string }
  | { action: 'give_up'; state: Extract<MediaState, 'failed' | 'expired'>; fault: string };

/** Pauses of 5 s, 10 s, 20 s … up to an hour. */
export function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_PAUSE_SECONDS, 5 * 2 ** Math.max(0, attempts - 1));
}

/** Null reason: not Meta's answer but ours, such as a full disk; it is tried again as everything else. */
export function decideAfterFailure(
  error: GraphError | null,
  media: { attempts: number; isExpired: boolean },
): NextStep {
  if (media.isExpired)
    return {
      action: 'give_up',
      state: 'expired',
      fault: 'WhatsApp keeps files for seven days. Ask the customer to send it again.',
    };
  const fault = error ? error.meaning : 'The file could not be stored. It is tried again by itself.';
  if (error?.reason === 'too_large')
    return { action: 'give_up', state: 'failed', fault: 'The file is larger than WhatsApp allows.' };
  if (error?.reason === 'foreign_origin') return { action: 'give_up', state: 'failed', fault };
  if (error?.reason === 'wrong_digest' && media.attempts >= MOST_DAMAGED_DOWNLOADS)
    return {
      action: 'give_up',
      state: 'failed',
      fault: 'The file arrives damaged every time. Ask the customer to send it again.',
    };
  return {
    action: 'retry',
    seconds: Math.max(pauseAfter(media.attempts), error?.retryAfterSeconds ?? 0),
    fault,
  };
}

/** Of these a small picture is made: raster images that the thumbnailer may decode. */
export const THUMBNAIL_TYPES: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
]);

const INLINE_TYPES: ReadonlySet<string> = new Set([
  ...THUMBNAIL_TYPES,
  'audio/aac',
  'audio/amr',
  'audio/mp4',
  'audio/x-m4a',
  'audio/mpeg',
  'audio/ogg',
  'audio/ogg; codecs=opus',
  'audio/wav',
  'video/mp4',
  'video/3gpp',
  'video/webm',
  'video/quicktime',
]);

/** Whether a browser may show it in place. By what the bytes are: never a type that can hold a script. */
export function isShownInPlace(sniffedType: string | null): sniffedType is string {
  return sniffedType !== null && INLINE_TYPES.has(sniffedType);
}

/** A name under which a file may be saved: no folders, no quotes, no line breaks, nothing that turns the writing direction to hide an ending. */
export function safeFileName(name: string): string {
  return name.replace(/[\\/"\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '_').slice(0, 200);
}
