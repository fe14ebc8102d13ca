/** What a route may ask for. `rules.ts` says who has which. No I/O. */
import { Type } from 'typebox';

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
export type Permission = (typeof permissions)[number];

export const PermissionName = Type.Enum([...permissions]);
