/** Files of messages: their addresses, and asking for one again. */
import type { Media } from '../../../src/modules/media/contract.ts';
import { request } from '../../lib/api.ts';

export type { Media };

export const fileUrl = (media: Media): string => `/api/v1/media/${media.id}`;
export const thumbnailUrl = (media: Media): string => `${fileUrl(media)}/thumbnail`;

/** Has the server fetch a file again that it gave up. */
export function retryMedia(media: Media): Promise<Media> {
  return request<Media>('POST', `${fileUrl(media)}/retry`);
}
