/** In place of a section that somebody may not open: whose it is and whom to ask. The server refuses besides. */
import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { buttonClass } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useMe } from '../shell/use-me.ts';
import type { SettingsSection } from './sections.ts';

export function NotForYou({ section }: { section: SettingsSection }) {
  const { organization } = useMe();
  const isOfInstall = section.group === 'Install';
  return (
    <Card>
      <EmptyState
        icon={<Lock size={24} />}
        title={isOfInstall ? 'Only for administrators of this install' : 'Only for owners'}
        actions={
          <Link to="/inbox" className={buttonClass('primary')}>
            Go to the inbox
          </Link>
        }
      >
        {isOfInstall
          ? 'Here whoever runs this Switchboard looks after the server for all its organizations. Your account is not an administrator’s; one of them can make it one under People.'
          : `Here the owners of ${organization.name} decide what holds for everybody. Ask one of them to change something, or to make you an owner.`}
      </EmptyState>
    </Card>
  );
}
