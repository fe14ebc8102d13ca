/** The frame of the pages before the app: what it is on one side, the form on the other. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { BrandMark } from '../../ui/brand-mark.tsx';
import { ThemeToggle } from '../shell/theme-toggle.tsx';
import { setupQuery } from './queries.ts';
import { Showcase } from './showcase.tsx';
import styles from './auth-layout.module.css';

type AuthLayoutProps = { title: string; lead?: ReactNode; children: ReactNode; footer?: ReactNode };

export function AuthLayout({ title, lead, children, footer }: AuthLayoutProps) {
  const brand = useQuery(setupQuery).data?.brand_name ?? 'Switchboard';
  return (
    <div className={styles['page']}>
      <main className={styles['main']}>
        <header className={styles['top']}>
          <span className={styles['brand']}>
            <BrandMark size={30} />
            {brand}
          </span>
          <ThemeToggle />
        </header>
        <div className={styles['form']}>
          <h1 className={styles['title']}>{title}</h1>
          {lead && <div className={styles['lead']}>{lead}</div>}
          {children}
        </div>
        <footer className={styles['footer']}>{footer}</footer>
      </main>
      <Showcase />
    </div>
  );
}
