/** What a file is called when it has no name of its own, and its sign. */
import { File, Film, Image, Mic, Music, Sticker, type LucideIcon } from 'lucide-react';

export type MediaName = 'Photo' | 'Video' | 'Audio' | 'Voice message' | 'Document' | 'Sticker';

export const mediaIcons: Record<MediaName, LucideIcon> = {
  Photo: Image,
  Video: Film,
  Audio: Music,
  'Voice message': Mic,
  Document: File,
  Sticker: Sticker,
};
