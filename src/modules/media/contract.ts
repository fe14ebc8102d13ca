/** What the outside sees of the files of messages. No I/O. */
import { Type, type Static } from 'typebox';
import { Nullable } from '../../platform/contract-nullable.ts';

/** What WhatsApp calls a file; its bytes may be something else. */
export const MediaKind = Type.Union([
  Type.Literal('image'),
  Type.Literal('video'),
  Type.Literal('audio'),
  Type.Literal('document'),
  Type.Literal('sticker'),
]);
export type MediaKind = Static<typeof MediaKind>;

const KINDS: ReadonlySet<string> = new Set(MediaKind.anyOf.map((kind) => kind.const));

/** Whether messages of this type carry a file. */
export function isMediaKind(type: string): type is MediaKind {
  return KINDS.has(type);
}

/**
 * `waiting`: being fetched from Meta, again and again for as long as Meta keeps it. `failed`: given up for a reason that
 * repeating does not mend. `expired`: Meta no longer has it (seven days; Cloud API, "Media: media ids").
 */
export const MediaState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('stored'),
  Type.Literal('failed'),
  Type.Literal('expired'),
]);
export type MediaState = Static<typeof MediaState>;

/** A file of a message. Its bytes are at `/api/v1/media/{id}`. */
export const Media = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: MediaKind,
    state: MediaState,
    fault: Nullable(Type.String({ description: 'Why it is not there, in words for people' })),
    file_name: Nullable(Type.String({ description: 'As the sender named it' })),
    mime_type: Nullable(Type.String({ description: 'What its bytes are, not what the sender says' })),
    size_bytes: Nullable(Type.Integer()),
    width: Nullable(Type.Integer()),
    height: Nullable(Type.Integer()),
    has_thumbnail: Type.Boolean({ description: 'A small picture is at /api/v1/media/{id}/thumbnail' }),
  },
  { $id: 'Media' },
);
export type Media = Static<typeof Media>;

/** The file of a request. */
export const MediaParams = Type.Object({ id: Type.String({ maxLength: 64 }) });
