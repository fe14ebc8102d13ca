/** A still picture of what the product does, beside the forms. Decorative: hidden from screen readers and small screens. */
import { CheckCheck } from 'lucide-react';
import { Avatar } from '../../ui/avatar.tsx';
import { classNames } from '../../lib/class-names.ts';
import styles from './showcase.module.css';

export function Showcase() {
  return (
    <aside className={styles['showcase']} aria-hidden>
      <div className={styles['scene']}>
        <div className={classNames(styles['card'], styles['incoming'])}>
          <Avatar name="Nadia Rahal" colourOf="4" />
          <div>
            <div className={styles['name']}>
              Nadia Rahal <span>09:41</span>
            </div>
            <p>Hi! The heating in flat 12 went out again. Could somebody look at it today?</p>
          </div>
        </div>
        <svg className={styles['cord']} viewBox="0 0 320 120" preserveAspectRatio="none">
          <path d="M60 0 C60 80 260 40 260 120" />
        </svg>
        <div className={styles['route']}>
          <span className={styles['dot']} />
          <span>
            Routed to <b>Jonas</b> · lease of flat 12
          </span>
        </div>
        <div className={classNames(styles['card'], styles['outgoing'])}>
          <p>Good morning Nadia, I am sending our technician. He is with you at 11:30.</p>
          <div className={styles['meta']}>
            09:43 <CheckCheck size={15} />
          </div>
        </div>
      </div>
      <p className={styles['claim']}>
        Every WhatsApp message lands, once and in order, with the person who should answer it.
      </p>
    </aside>
  );
}
