/** The list of sections: the side of the settings on a wide screen, a page of its own on a phone. */
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { useInbox } from '../shell/inbox-context.tsx';
import { sectionsFor } from './sections.ts';
import styles from './settings-nav.module.css';

export function SettingsNav() {
  const { me } = useInbox();
  return (
    <nav className={styles['nav']} aria-label="Settings">
      {sectionsFor(me).map(({ group, sections }) => (
        <div key={group} className={styles['group']}>
          <h2 className={styles['heading']}>{group === 'Organization' ? me.organization.name : group}</h2>
          <ul className={styles['list']}>
            {sections.map(({ path, label, about, icon: Icon }) => (
              <li key={path}>
                <Link
                  to={path}
                  className={styles['link']}
                  activeOptions={{ exact: path === '/admin' }}
                  activeProps={{ className: styles['here'] ?? '' }}
                >
                  <Icon size={18} className={styles['icon']} aria-hidden />
                  <span className={styles['words']}>
                    <span className={styles['label']}>{label}</span>
                    <span className={styles['about']}>{about}</span>
                  </span>
                  <ChevronRight size={16} className={styles['arrow']} aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
