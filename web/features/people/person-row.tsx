/** One colleague: their state in words, and a menu of what may be done. */
import { useQueryClient } from '@tanstack/react-query';
import {
  KeyRound,
  MoreHorizontal,
  ShieldCheck,
  ShieldOff,
  Star,
  StarOff,
  Trash2,
  UserCheck,
  UserX,
} from 'lucide-react';
import { useState } from 'react';
import type { PersonPatch } from '../../../src/modules/people/contract.ts';
import { timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dotted } from '../../ui/dotted.tsx';
import { DataRow } from '../../ui/data-list.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';
import { useMe } from '../shell/use-me.ts';
import { PasswordLinkDialog } from './password-link-dialog.tsx';
import { peopleQuery, removeSecondFactor, type Person } from './queries.ts';
import { RemovePersonDialog } from './remove-person-dialog.tsx';
import { useChangePerson } from './use-change-person.ts';

type Asked = 'disable' | 'remove' | 'password' | 'second-factor' | null;

export function PersonRow({ person, people }: { person: Person; people: Person[] }) {
  const client = useQueryClient();
  const now = useNow();
  const { user } = useMe();
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const change = useChangePerson(person);
  const active = person.last_active_at ? `active ${timeAgo(new Date(person.last_active_at), now)}` : null;
  return (
    <DataRow
      leading={<Avatar name={person.name} colourOf={person.id} size="s" />}
      title={person.name}
      faded={person.disabled}
      badges={<Badges person={person} isMe={person.id === user.id} />}
      detail={<Dotted facts={[person.email, active]} />}
      actions={
        <>
          <PersonMenu person={person} onAsk={setAsked} onChange={change} />
          <ConfirmDialog
            open={asked === 'disable'}
            onOpenChange={close}
            title={`Disable ${person.name}?`}
            confirmLabel="Disable"
            onConfirm={() => change({ disabled: true })}
          >
            <p>
              They are signed out everywhere within seconds, and their keys stop. Their customers and
              conversations stay; new messages go by the rules to somebody else. You can enable them again at
              any time.
            </p>
          </ConfirmDialog>
          <ConfirmDialog
            open={asked === 'second-factor'}
            onOpenChange={close}
            title={`Remove ${person.name}’s second factor?`}
            confirmLabel="Remove"
            onConfirm={async () => {
              await removeSecondFactor(person.id);
              await client.invalidateQueries(peopleQuery);
              toast('The second factor is removed.');
            }}
          >
            <p>
              For somebody who lost their phone and their recovery codes. They sign in by password alone until
              they set it up again. Make sure that it is really them who asks.
            </p>
          </ConfirmDialog>
          <PasswordLinkDialog person={person} open={asked === 'password'} onOpenChange={close} />
          <RemovePersonDialog
            person={person}
            people={people}
            open={asked === 'remove'}
            onOpenChange={close}
          />
        </>
      }
    />
  );
}

function Badges({ person, isMe }: { person: Person; isMe: boolean }) {
  return (
    <>
      {isMe && <Badge>You</Badge>}
      {person.is_owner && <Badge tone="accent">Owner</Badge>}
      {person.role === 'admin' && <Badge tone="accent">Administrator</Badge>}
      {person.disabled && <Badge tone="bad">Disabled</Badge>}
      {person.verified === false && !person.disabled && <Badge tone="warn">Address not confirmed</Badge>}
    </>
  );
}

type PersonMenuProps = {
  person: Person;
  onAsk: (asked: Asked) => void;
  onChange: (patch: PersonPatch) => Promise<unknown>;
};

function PersonMenu({ person, onAsk, onChange }: PersonMenuProps) {
  const { user, permissions } = useMe();
  const isMe = person.id === user.id;
  const mayRole = permissions.includes('install:manage');
  const mayOwn = permissions.includes('organization:manage');
  const tell = (patch: PersonPatch) => void onChange(patch).catch(() => undefined);
  if (!mayOwn && !mayRole) return null;
  return (
    <Menu
      label={`What to do with ${person.name}`}
      trigger={
        <IconButton label={`More for ${person.name}`}>
          <MoreHorizontal size={18} aria-hidden />
        </IconButton>
      }
    >
      {mayOwn && (
        <MenuItem
          icon={person.is_owner ? <StarOff aria-hidden /> : <Star aria-hidden />}
          onSelect={() => tell({ is_owner: !person.is_owner })}
        >
          {person.is_owner ? 'Take ownership away' : 'Make an owner'}
        </MenuItem>
      )}
      {mayRole && (
        <MenuItem
          icon={person.role === 'admin' ? <ShieldOff aria-hidden /> : <ShieldCheck aria-hidden />}
          onSelect={() => tell({ role: person.role === 'admin' ? 'agent' : 'admin' })}
        >
          {person.role === 'admin' ? 'Take administration away' : 'Make an administrator'}
        </MenuItem>
      )}
      {mayOwn && !isMe && (
        <>
          <MenuItem icon={<KeyRound aria-hidden />} onSelect={() => onAsk('password')}>
            Link for a new password…
          </MenuItem>
          {person.second_factor && (
            <MenuItem icon={<ShieldOff aria-hidden />} onSelect={() => onAsk('second-factor')}>
              Remove second factor…
            </MenuItem>
          )}
          <MenuSeparator />
          {person.disabled ? (
            <MenuItem icon={<UserCheck aria-hidden />} onSelect={() => tell({ disabled: false })}>
              Enable
            </MenuItem>
          ) : (
            <MenuItem icon={<UserX aria-hidden />} onSelect={() => onAsk('disable')}>
              Disable…
            </MenuItem>
          )}
          <MenuItem icon={<Trash2 aria-hidden />} danger onSelect={() => onAsk('remove')}>
            Delete…
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
