/** A person as initials on a colour that stays the same for the same person. */
import { User } from 'lucide-react';
import { classNames } from '../lib/class-names.ts';
import { colourIndex, initialsOf } from './initials.ts';
import styles from './avatar.module.css';

type AvatarProps = {
  name: string;
  /** What the colour follows, e.g. an id. */ colourOf: string;
  size?: 's' | 'm' | 'l';
};

/** Decorative: the name always stands beside it. */
export function Avatar({ name, colourOf, size = 'm' }: AvatarProps) {
  const initials = initialsOf(name);
  return (
    <span
      aria-hidden
      data-initials={initials}
      className={classNames(styles['avatar'], styles[size], styles[`colour${colourIndex(colourOf)}`])}
    >
      {initials === '' && <User size={size === 'l' ? 30 : size === 's' ? 15 : 20} />}
    </span>
  );
}
