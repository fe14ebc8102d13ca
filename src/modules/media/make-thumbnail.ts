/**
 * A small picture of an image, without what the sender's phone wrote into it (place, device). The bytes are hostile: only the four
 * raster decoders are let in, and size and time are limited.
 */
import sharp from 'sharp';

/** Twice the box that a thread shows, for dense screens. */
const BOX = 640;
/** Past this many pixels an image is a bomb, not a photograph. */
const MOST_PIXELS = 60_000_000;
const MOST_SECONDS = 10;

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadNsgif'],
});
// One picture at a time on one core: the rest of the machine serves messages.
sharp.concurrency(1);
sharp.cache(false);

/** The small picture, with the measures of the large one. */
export type Thumbnail = { bytes: Buffer; width: number; height: number };

/** WebP within the box, upright; `width` and `height` are the whole image's. Null for what cannot be decoded. */
export async function makeThumbnail(path: string): Promise<Thumbnail | null> {
  try {
    const image = sharp(path, { limitInputPixels: MOST_PIXELS, sequentialRead: true }).timeout({
      seconds: MOST_SECONDS,
    });
    const { autoOrient } = await image.metadata();
    const bytes = await image
      .autoOrient()
      .resize({ width: BOX, height: BOX, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 78 })
      .toBuffer();
    return { bytes, width: autoOrient.width, height: autoOrient.height };
  } catch {
    // A broken image is still a file that can be downloaded; it only has no small picture.
    return null;
  }
}
