/** A photo or sticker in the thread, in a box that has its size before the picture is there; opens large. */
import { boxOf } from './box-of.ts';
import { FileCard } from './file-card.tsx';
import { useGallery } from './gallery.tsx';
import type { MediaName } from './media-names.ts';
import { thumbnailUrl, type Media } from './queries.ts';
import { useFileSource } from './use-file-source.ts';
import styles from './picture.module.css';

export function Picture({ media, name }: { media: Media; name: MediaName }) {
  const gallery = useGallery();
  const { src, failed, onError } = useFileSource(thumbnailUrl(media));
  const sticker = name === 'Sticker';
  if (failed) return <FileCard media={media} name={name} />;
  return (
    <button
      type="button"
      className={sticker ? styles['sticker'] : styles['picture']}
      style={boxOf(media, sticker ? 150 : 320)}
      aria-label={`Open ${name.toLowerCase()}`}
      onClick={() => gallery.open(media.id)}
    >
      <img src={src} alt="" loading="lazy" onError={onError} />
    </button>
  );
}
