/** Who may do what. Pure; the database's walls hold whatever is decided here. */
import { permissions, type Actor, type Permission } from './contract.ts';

const everyone = new Set<Permission>([
  'self:read',
  'conversations:read',
  'conversations:update',
  'messages:send',
  'waba:read',
  'waba:connect',
]);
const owners = new Set<Permission>(['organization:manage']);
const admins = new Set<Permission>(['install:manage']);

/** Whether the actor may do what a route asks for. */
export function can(actor: Pick<Actor, 'role' | 'isOwner'>, permission: Permission): boolean {
  if (everyone.has(permission)) return true;
  if (owners.has(permission)) return actor.isOwner;
  return admins.has(permission) && actor.role === 'admin';
}

/** All that somebody may do, for screens to know what to offer. */
export function permissionsOf(person: Pick<Actor, 'role' | 'isOwner'>): Permission[] {
  return permissions.filter((permission) => can(person, permission));
}
