/**
 * Gives a browser a file that a stranger has sent. What must stay true: nothing that can hold a script is opened in place, the type is
 * what the bytes are, and the page that a file opens in can do nothing (sandbox).
 */
import { create as contentDisposition } from 'content-disposition';
import { send } from '@fastify/send';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { basename, dirname } from 'node:path';
import { notFound } from '../../platform/errors.ts';
import type { OpenedMedia } from './read-media.ts';
import { isShownInPlace, safeFileName } from './rules.ts';

/** A file never changes, but whether somebody may still see it does: the browser asks each time and gets a 304. */
const CACHE = 'private, no-cache';
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'; sandbox";

/** How a file is answered: its place on disk and its headers. */
export type FileAnswer = { path: string; type: string; disposition: string };

/** How a whole file is given: in place for pictures, sound and film, everything else to be saved. */
export function describeFile({ media, path }: OpenedMedia): FileAnswer {
  const { mime_type: type } = media;
  const isInline = isShownInPlace(type);
  const name = safeFileName(media.file_name ?? '') || `whatsapp-${media.kind}-${media.id.slice(0, 8)}`;
  return {
    path,
    type: isInline ? type : 'application/octet-stream',
    disposition: contentDisposition(name, { type: isInline ? 'inline' : 'attachment' }),
  };
}

/** Throws 404 when there is no small picture. */
export function describeThumbnail({ thumbnailPath }: OpenedMedia): FileAnswer {
  if (thumbnailPath === null) throw notFound('thumbnail');
  return { path: thumbnailPath, type: 'image/webp', disposition: 'inline' };
}

/** Answers ranges and conditional requests too. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: FileAnswer,
): Promise<FastifyReply> {
  const sent = await send(request.raw, basename(file.path), {
    root: dirname(file.path),
    contentType: false,
    cacheControl: false,
    dotfiles: 'deny',
  });
  if (sent.type !== 'file') throw notFound('file');
  return reply
    .status(sent.statusCode)
    .headers({
      ...sent.headers,
      'content-type': file.type,
      'content-disposition': file.disposition,
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': CACHE,
    })
    .send(sent.stream);
}
