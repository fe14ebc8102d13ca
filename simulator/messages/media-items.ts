/** Media of either side: kept with their hash, fetched by short-lived addresses. */
import { createHash, randomBytes } from 'node:crypto';

import type { Simulation } from '../simulation.ts';
import type { MediaItem } from '../state/state.ts';
import { objectId } from './ids.ts';

export type NewMedia = { phoneNumberId: string; mimeType: string; bytes: Buffer; filename: string | null };

export async function storeMedia(sim: Simulation, media: NewMedia): Promise<MediaItem> {
  const item: MediaItem = {
    id: objectId(),
    phone_number_id: media.phoneNumberId,
    mime_type: media.mimeType,
    sha256: createHash('sha256').update(media.bytes).digest('hex'),
    file_size: media.bytes.length,
    filename: media.filename,
    created_at: sim.now(),
    urls: {},
  };
  await sim.media.put(item.id, media.bytes);
  sim.state.media[item.id] = item;
  sim.changed();
  return item;
}

/** A new download address for a medium; it works for five minutes, and only with a token. */
export function mediaUrl(sim: Simulation, item: MediaItem): string {
  for (const [hash, end] of Object.entries(item.urls)) if (end <= sim.now()) delete item.urls[hash];
  const hash = randomBytes(16).toString('base64url');
  const expires = sim.now() + sim.timing.mediaUrlLifetime;
  item.urls[hash] = expires;
  sim.changed();
  const query = new URLSearchParams({ mid: item.id, ext: String(Math.floor(expires / 1000)), hash });
  return `${sim.baseUrl()}/lookaside/whatsapp_business/attachments/?${query.toString()}`;
}
