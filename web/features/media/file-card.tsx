/** A file that is saved, not shown: its name, what it is, how large, and where to click. */
import { Download } from 'lucide-react';
import { BubbleCard, BubbleCardWords } from '../../ui/bubble-card.tsx';
import { formatSize } from './format-size.ts';
import { mediaIcons, type MediaName } from './media-names.ts';
import { fileUrl, type Media } from './queries.ts';

export function FileCard({ media, name }: { media: Media; name: MediaName }) {
  const Icon = mediaIcons[name];
  const title = media.file_name ?? name;
  const type = title.includes('.') ? title.split('.').at(-1)?.slice(0, 8).toUpperCase() : null;
  const size = media.size_bytes === null ? null : formatSize(media.size_bytes);
  const link = { href: fileUrl(media), download: title, 'aria-label': `Save ${title}` };
  return (
    <BubbleCard icon={<Icon size={20} />} link={link}>
      <BubbleCardWords title={title} detail={[type, size].filter(Boolean).join(' · ')} />
      <Download size={17} aria-hidden />
    </BubbleCard>
  );
}
