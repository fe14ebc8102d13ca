/** Media over the Graph API: upload, address, download, delete. */
import type { FastifyReply, FastifyRequest } from 'fastify';

import { mediaUrl, storeMedia } from '../messages/media-items.ts';
import type { Simulation } from '../simulation.ts';
import type { MediaItem } from '../state/state.ts';
import { GraphApiError, unknownObject } from './graph-error.ts';
import { checkToken, findNumber, getNumber } from './graph-request.ts';
import type { GraphRequest } from './graph-request.ts';

const MB = 1024 * 1024;

/** The types that WhatsApp takes and how large they may be. Documents may be of any type. */
const LIMITS: readonly { types: RegExp; bytes: number }[] = [
  { types: /^audio\/(aac|amr|mpeg|mp4|ogg)/, bytes: 16 * MB },
  { types: /^image\/(jpeg|png)$/, bytes: 5 * MB },
  { types: /^video\/(mp4|3gpp)$/, bytes: 16 * MB },
  { types: /^image\/webp$/, bytes: 500 * 1024 },
  { types: /^(text\/plain|application\/)/, bytes: 100 * MB },
];

export async function uploadMedia(request: GraphRequest): Promise<unknown> {
  const number = getNumber(request);
  const { file, params } = request;
  if (params['messaging_product'] !== 'whatsapp')
    throw new GraphApiError(100, { message: '(#100) The parameter messaging_product is required.' });
  if (!file) throw new GraphApiError(100, { message: '(#100) The parameter file is required.' });
  const mimeType = String(file.mimeType || params['type'] || '').replace(/;\s*(?!codecs).*$/, '');
  const limit = LIMITS.find((one) => one.types.test(mimeType));
  if (!limit)
    throw new GraphApiError(100, {
      message: `(#100) Param file must be a file with one of the supported types. Received file of type '${mimeType}'.`,
    });
  if (file.bytes.length > limit.bytes)
    throw new GraphApiError(100, { message: `(#100) The file is too large: at most ${limit.bytes} bytes.` });
  const item = await storeMedia(request.sim, {
    phoneNumberId: number.phone_number_id,
    mimeType,
    bytes: file.bytes,
    filename: file.filename || null,
  });
  return { id: item.id };
}

export function getMedia(request: GraphRequest): unknown {
  const item = ownMedia(request);
  return {
    messaging_product: 'whatsapp',
    url: mediaUrl(request.sim, item),
    mime_type: item.mime_type,
    sha256: item.sha256,
    file_size: String(item.file_size),
    id: item.id,
  };
}

export async function deleteMedia(request: GraphRequest): Promise<unknown> {
  const item = ownMedia(request);
  delete request.sim.state.media[item.id];
  request.sim.changed();
  await request.sim.media.remove(item.id);
  return { success: true };
}

function ownMedia(request: GraphRequest): MediaItem {
  const id = request.path[0] ?? '';
  const item = request.sim.state.media[id];
  const number = item && findNumber(request, item.phone_number_id);
  const asked = request.query['phone_number_id'];
  if (!item || !number || (asked !== undefined && asked !== item.phone_number_id))
    throw unknownObject(id, request.method);
  return item;
}

/** The download behind the address: only with a token of the same business, 404 once the address is too old. */
export async function downloadMedia(
  sim: Simulation,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const query = request.query as Record<string, string>;
  const item = sim.state.media[query['mid'] ?? ''];
  const end = item?.urls[query['hash'] ?? ''];
  const bearer = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined) return reply.code(401).type('text/plain').send('Missing access token');
  const token = checkToken(sim, bearer.trim());
  if (!item || end === undefined || end <= sim.now())
    return reply.code(404).type('text/plain').send('URL expired');
  const wabaId = sim.state.numbers[item.phone_number_id]?.waba_id ?? '';
  if (token.waba_ids !== null && !token.waba_ids.includes(wabaId))
    return reply.code(404).type('text/plain').send('Not found');
  const bytes = await sim.media.get(item.id);
  if (!bytes) return reply.code(404).type('text/plain').send('Not found');
  return reply.type(item.mime_type).header('x-content-type-options', 'nosniff').send(bytes);
}
