import { File, Image, MapPin, Music, Sticker, UserRound, Video, type LucideIcon } from 'lucide-react';
import styles from './preview-icon.module.css';

const icons: Record<string, LucideIcon> = {
  image: Image,
  video: Video,
  audio: Music,
  voice: Music,
  document: File,
  sticker: Sticker,
  location: MapPin,
  contacts: UserRound,
};

/** The kind of a message that is more than its words, in the list. Decorative: the words say it too where there are none. */
export function PreviewIcon({ type }: { type: string }) {
  const Icon = icons[type];
  return Icon ? <Icon size={14} className={styles['icon']} aria-hidden /> : null;
}
