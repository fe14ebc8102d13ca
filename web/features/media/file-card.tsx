/** A file that is saved, not shown: its name, what it is, how large, and where to click. */
import { Download } from 'lucide-react';
import { formatSize } from './format-size.ts';
import { mediaIcons, type MediaName } from './media-names.ts';
import { fileUrl, type Media } from './queries.ts';
import styles from './media-view.module.css';

export function FileCard({ media, name }: { media: Media; name: MediaName }) {
  const Icon = mediaIcons[name];
  const title = media.file_name ?? name;
  const type = title.includes('.') ? title.split('.').at(-1)?.slice(0, 8).toUpperCase() : null;
  const size = media.size_bytes === null ? null : formatSize(media.size_bytes);
  return (
    <a
      data-card
      className={styles['file']}
      href={fileUrl(media)}
      download={title}
      aria-label={`Save ${title}`}
    >
      <span className={styles['icon']} aria-hidden>
        <Icon size={20} />
      </span>
      <span className={styles['lines']}>
        <bdi className={styles['title']}>{title}</bdi>
        <span className={styles['detail']}>{[type, size].filter(Boolean).join(' · ')}</span>
      </span>
      <Download size={17} aria-hidden />
    </a>
  );
}
