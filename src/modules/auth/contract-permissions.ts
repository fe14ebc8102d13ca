/** What a route may ask for. `rules.ts` says who has which. No I/O. */
import { Type } from 'typebox';

/** Every permission: the thing, then what may be done to it. */
export const permissions = [
  'self:read',
  'self:manage',
  'profile:update',
  'people:read',
  'people:manage',
  'people:invite',
  'conversations:read',
  'conversations:update',
  'messages:send',
  'waba:read',
  'waba:connect',
  'organization:manage',
  'install:manage',
] as const;
/** The name of one. */
export type Permission = (typeof permissions)[number];

/** The same as a schema. */
export const PermissionName = Type.Enum([...permissions]);
