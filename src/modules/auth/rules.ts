/** Who may do what. Pure; the database's walls hold whatever is decided here. */
import { keyScopes, permissions, type Actor, type Permission } from './contract.ts';

const everyone = new Set<Permission>([
  'self:read',
  'self:manage',
  'profile:update',
  'people:read',
  'conversations:read',
  'conversations:update',
  'messages:send',
  'waba:read',
  'waba:connect',
]);
const owners = new Set<Permission>(['organization:manage', 'people:invite']);
const admins = new Set<Permission>(['install:manage']);

/** Whether a person may do something at all. */
function mayPerson(person: Pick<Actor, 'role' | 'isOwner'>, permission: Permission): boolean {
  if (everyone.has(permission)) return true;
  if (owners.has(permission)) return person.isOwner;
  if (permission === 'people:manage') return person.isOwner || person.role === 'admin';
  return admins.has(permission) && person.role === 'admin';
}

/** Whether the actor may do what a route asks for. A key may what it was given, as long as its person may. */
export function can(actor: Pick<Actor, 'role' | 'isOwner' | 'scopes'>, permission: Permission): boolean {
  const isInScope =
    actor.scopes === null || (actor.scopes.includes(permission) && keyScopes.includes(permission));
  return isInScope && mayPerson(actor, permission);
}

/** All that somebody may do, for screens and programs to know what to offer. */
export function permissionsOf(actor: Pick<Actor, 'role' | 'isOwner' | 'scopes'>): Permission[] {
  return permissions.filter((permission) => can(actor, permission));
}
