/** The pictures of a thread, one of them large: arrow keys go from one to the next, Escape goes back to the thread. */
import { ChevronLeft, ChevronRight, Download, X } from 'lucide-react';
import { Dialog as Base } from 'radix-ui';
import { createContext, useContext, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { buttonClass, IconButton } from '../../ui/button.tsx';
import { focusItself } from '../../ui/dialog.tsx';
import { fileUrl, type Media } from './queries.ts';
import { useFileSource } from './use-file-source.ts';
import styles from './gallery.module.css';

type Gallery = { open: (id: string) => void };
const GalleryContext = createContext<Gallery | null>(null);

/** Opens a picture of the thread around. Throws outside of a Gallery. */
export function useGallery(): Gallery {
  const gallery = useContext(GalleryContext);
  if (!gallery) throw new Error('A picture needs a Gallery around it.');
  return gallery;
}

/** @param files those of the thread, oldest first; what is no picture is left out */
export function Gallery({ files, children }: { files: readonly Media[]; children: ReactNode }) {
  const [openId, setOpenId] = useState<string | null>(null);
  const pictures = useMemo(
    () => files.filter((file) => file.state === 'stored' && file.has_thumbnail),
    [files],
  );
  const gallery = useMemo(() => ({ open: setOpenId }), []);
  const index = pictures.findIndex((picture) => picture.id === openId);
  const shown = pictures[index];
  const step = (by: number) => {
    const next = pictures[index + by];
    if (next) setOpenId(next.id);
  };
  return (
    <GalleryContext value={gallery}>
      {children}
      {shown && (
        <Large
          media={shown}
          place={`${index + 1} of ${pictures.length}`}
          onStep={step}
          hasPrevious={index > 0}
          hasNext={index < pictures.length - 1}
          onClose={() => setOpenId(null)}
        />
      )}
    </GalleryContext>
  );
}

type LargeProps = {
  media: Media;
  place: string;
  hasPrevious: boolean;
  hasNext: boolean;
  onStep: (by: number) => void;
  onClose: () => void;
};

function Large({ media, place, hasPrevious, hasNext, onStep, onClose }: LargeProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') onStep(-1);
    if (event.key === 'ArrowRight') onStep(1);
  };
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Content
          className={styles['stage']}
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onOpenAutoFocus={focusItself}
        >
          <header className={styles['bar']}>
            <Base.Title className={styles['title']}>
              <bdi>{media.file_name ?? 'Photo'}</bdi> <span className={styles['place']}>{place}</span>
            </Base.Title>
            <a className={buttonClass('ghost', 's')} href={fileUrl(media)} download={media.file_name ?? ''}>
              <Download size={16} aria-hidden /> Save
            </a>
            <Base.Close asChild>
              <IconButton label="Close">
                <X size={18} aria-hidden />
              </IconButton>
            </Base.Close>
          </header>
          <div className={styles['picture']}>
            <WholePicture key={media.id} media={media} />
          </div>
          <div className={styles['steps']}>
            <IconButton label="Previous picture" disabled={!hasPrevious} onClick={() => onStep(-1)}>
              <ChevronLeft size={22} aria-hidden />
            </IconButton>
            <IconButton label="Next picture" disabled={!hasNext} onClick={() => onStep(1)}>
              <ChevronRight size={22} aria-hidden />
            </IconButton>
          </div>
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}

function WholePicture({ media }: { media: Media }) {
  const { src, failed, onError } = useFileSource(fileUrl(media));
  if (failed) return <p>The picture cannot be loaded. Check your connection and open it again.</p>;
  return <img src={src} alt={media.file_name ?? 'Photo from the conversation'} onError={onError} />;
}
