/**
 * What is said about a message after it was sent: reactions, an edit, a deletion, the file of one that came without it. Pure. Must stay true: the same changes in any order,
 * once or twice, end in the same message, because they arrive in any order; of two the newer by WhatsApp's clock counts, and of two of
 * one second the one with the greater id.
 */

import type { MessageFile } from '../media/note-media.ts';

/** When it was said (ISO, UTC) and under which id. */
type Moment = { at: string; wamid: string };

/** A file that comes after its message; Meta made its id when the edit was said, or the past was sent. */
export type LaterFile = Omit<MessageFile, 'sentAt'>;

/** `by`: `customer`, `business`, or in a group the member who did it. `content` is what a placeholder stands for. */
export type MessageChange = Moment & { by: string } & (
    | { kind: 'reaction'; emoji: string | null }
    | { kind: 'edit' | 'content'; type: string; text: string; payload: unknown; file?: LaterFile | null }
    | { kind: 'revoke' }
  );

/** What is kept beside a message. A reaction that was taken back stays as null, so that an older one cannot return. */
export type AppliedChanges = {
  reactions?: Record<string, Moment & { emoji: string | null }>;
  edit?: Moment;
  revoke?: Moment;
};

/** As much of a message as changes look at. */
export type ChangeableMessage = {
  direction: 'inbound' | 'outbound';
  type: string;
  text: string;
  payload: unknown;
  changes: AppliedChanges;
};

/** The message as it is after the change. Only whoever wrote a message can edit or delete it. */
export function applyChange(message: ChangeableMessage, change: MessageChange): ChangeableMessage {
  if (change.kind === 'reaction') return withReaction(message, change);
  if (change.kind === 'content') return withContent(message, change);
  const isAuthor = (change.by === 'business') === (message.direction === 'outbound');
  if (!isAuthor) return message;
  const { at, wamid } = change;
  if (change.kind === 'revoke') {
    const { edit: _, ...rest } = message.changes;
    const revoke = isNewer(change, message.changes.revoke) ? { at, wamid } : message.changes.revoke;
    return {
      ...message,
      type: 'revoke',
      text: '',
      payload: null,
      changes: { ...rest, ...(revoke && { revoke }) },
    };
  }
  if (message.changes.revoke || !isNewer(change, message.changes.edit)) return message;
  return {
    ...message,
    type: change.type,
    text: change.text,
    payload: withContext(change.payload, message.payload),
    changes: { ...message.changes, edit: { at, wamid } },
  };
}

/** Whether it only keeps the place of a message with a file (Cloud API, "history webhook reference"). */
export function isPlaceholder({ type, payload }: Pick<ChangeableMessage, 'type' | 'payload'>): boolean {
  return type === 'unsupported' && isFields(payload) && payload['original_type'] === 'media_placeholder';
}

function withContent(
  message: ChangeableMessage,
  { type, text, payload }: MessageChange & { kind: 'content' | 'edit' },
): ChangeableMessage {
  return isPlaceholder(message) ? { ...message, type, text, payload } : message;
}

function withReaction(
  message: ChangeableMessage,
  { by, at, wamid, emoji }: MessageChange & { kind: 'reaction' },
): ChangeableMessage {
  const known = message.changes.reactions ?? {};
  if (!isNewer({ at, wamid }, Object.hasOwn(known, by) ? known[by] : undefined)) return message;
  const reactions = Object.fromEntries(
    [...Object.entries(known).filter(([who]) => who !== by), [by, { at, wamid, emoji }] as const].sort(
      ([a], [b]) => (a < b ? -1 : 1),
    ),
  );
  return { ...message, changes: { ...message.changes, reactions } };
}

function isNewer(moment: Moment, known: Moment | undefined): boolean {
  if (!known) return true;
  return moment.at === known.at ? moment.wamid > known.wamid : moment.at > known.at;
}

/** What the message answers and where it comes from stay when its words change. */
function withContext(payload: unknown, old: unknown): unknown {
  const about = Object.entries(isFields(old) ? old : {}).filter(
    ([key]) => key === 'context' || key === 'referral',
  );
  if (about.length === 0) return payload;
  return {
    ...(isFields(payload) ? payload : payload === null ? {} : { content: payload }),
    ...Object.fromEntries(about),
  };
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
