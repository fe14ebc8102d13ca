/** The person: name, organization, the settings, signing out. */
import { Link } from '@tanstack/react-router';
import { LogOut, Settings } from 'lucide-react';
import { describeError } from '../../lib/api.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Menu, MenuItem, MenuLink, MenuNote, MenuSeparator } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';
import { signOut } from '../sign-in/queries.ts';
import { useInbox } from './inbox-context.tsx';
import styles from './user-menu.module.css';

export function UserMenu() {
  const { me, drafts } = useInbox();
  const { user, organization } = me;
  const role = user.role === 'admin' ? 'Administrator' : user.is_owner ? 'Owner' : 'Agent';

  async function leave() {
    try {
      await signOut(user.id);
      drafts.clear();
    } catch (error) {
      toast(describeError(error), { tone: 'bad' });
    }
  }

  return (
    <Menu
      label="Your account"
      trigger={
        <button type="button" className={styles['trigger']} aria-label={`Your account: ${user.name}`}>
          <Avatar name={user.name} colourOf={user.id} size="s" />
        </button>
      }
    >
      <MenuNote>
        <div className={styles['name']}>{user.name}</div>
        <div className={styles['detail']}>{user.email}</div>
        <div className={styles['detail']}>
          {organization.name} · {role}
        </div>
      </MenuNote>
      <MenuSeparator />
      <MenuLink>
        <Link to="/settings">
          <Settings aria-hidden />
          Settings
        </Link>
      </MenuLink>
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
