/** Whom to give something to: the colleagues by name, oneself first. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Avatar } from '../../ui/avatar.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { peopleQuery } from '../people/queries.ts';
import { useMe } from '../shell/use-me.ts';

/** Of a menu that a key opens as well. */
export type MenuState = { open: boolean; onOpenChange: (open: boolean) => void };

type AssignMenuProps = Partial<MenuState> & {
  trigger: ReactNode;
  onAssign: (userId: string) => void;
  /** False where only `children` may be chosen. */
  offersPeople?: boolean;
  /** False where it is one's own already. */
  offersMe?: boolean;
  children?: ReactNode;
};

/** `children` are further items, above the people. */
export function AssignMenu({
  trigger,
  onAssign,
  offersPeople = true,
  offersMe = true,
  children,
  open,
  onOpenChange,
}: AssignMenuProps) {
  const me = useMe();
  const people = useQuery({ ...peopleQuery, enabled: offersPeople }).data ?? [];
  const sorted = people
    .filter(({ id, disabled }) => !disabled && (offersMe || id !== me.user.id))
    .toSorted((a, b) => Number(b.id === me.user.id) - Number(a.id === me.user.id));
  return (
    <Menu trigger={trigger} label="Assign to" wide open={open} onOpenChange={onOpenChange}>
      {children}
      {sorted.map(({ id, name }) => (
        <MenuItem key={id} icon={<Avatar name={name} colourOf={id} size="s" />} onSelect={() => onAssign(id)}>
          {id === me.user.id ? `${name} (you)` : name}
        </MenuItem>
      ))}
    </Menu>
  );
}
