/** The file of a message, shown by what its bytes are. */
import { BubbleCard } from '../../ui/bubble-card.tsx';
import { FileCard } from './file-card.tsx';
import { mediaIcons, type MediaName } from './media-names.ts';
import { MissingFile } from './missing-file.tsx';
import { Picture } from './picture.tsx';
import { fileUrl, type Media } from './queries.ts';
import { useFileSource } from './use-file-source.ts';
import styles from './media-view.module.css';

type MediaViewProps = { media: Media; name: MediaName; conversationId: string };

export function MediaView({ media, name, conversationId }: MediaViewProps) {
  if (media.state !== 'stored')
    return <MissingFile media={media} name={name} conversationId={conversationId} />;
  if (media.has_thumbnail && name !== 'Document') return <Picture media={media} name={name} />;
  if (media.mime_type?.startsWith('video/') && name !== 'Document') return <VideoPlayer media={media} />;
  if (media.mime_type?.startsWith('audio/') && name !== 'Document')
    return <SoundPlayer media={media} name={name} />;
  return <FileCard media={media} name={name} />;
}

function VideoPlayer({ media }: { media: Media }) {
  const { src, failed, onError } = useFileSource(fileUrl(media));
  if (failed) return <FileCard media={media} name="Video" />;
  return (
    <video className={styles['video']} src={src} controls preload="metadata" playsInline onError={onError} />
  );
}

function SoundPlayer({ media, name }: { media: Media; name: MediaName }) {
  const { src, failed, onError } = useFileSource(fileUrl(media));
  const Icon = mediaIcons[name];
  if (failed) return <FileCard media={media} name={name} />;
  return (
    <BubbleCard icon={<Icon size={20} />}>
      <audio
        className={styles['sound']}
        src={src}
        controls
        preload="metadata"
        aria-label={name}
        onError={onError}
      />
    </BubbleCard>
  );
}
