/** What the outside sees of API keys. No I/O. */
import { Type, type Static } from 'typebox';
import { permissions, type Permission } from './contract-permissions.ts';
import { Limit } from '../../platform/contract-paging.ts';

/** What no key may do: manage accounts, people and keys. A stolen key must not be able to make itself at home. */
const neverForKeys: readonly Permission[] = ['self:manage', 'people:manage', 'people:invite'];

/** What a key may be given, as far as its maker may do it. */
export const keyScopes = permissions.filter((permission) => !neverForKeys.includes(permission));

const Scopes = Type.Array(Type.Enum(keyScopes), {
  minItems: 1,
  maxItems: keyScopes.length,
  uniqueItems: true,
});

/** A key without its secret. `hint` is its beginning and end. */
export const ApiKey = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    hint: Type.String(),
    scopes: Type.Array(Type.String()),
    user: Type.Object({ id: Type.String(), name: Type.String() }, { description: 'Whom it acts as' }),
    created_at: Type.String({ format: 'date-time' }),
    expires_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    last_used_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'To the minute',
    }),
  },
  { $id: 'ApiKey' },
);
export type ApiKey = Static<typeof ApiKey>;

/** A page of keys, newest first. */
export const ApiKeyPage = Type.Object({
  data: Type.Array(ApiKey),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});
export type ApiKeyPage = Static<typeof ApiKeyPage>;

/** Which page of keys; `cursor` is the id of the last one of the page before. */
export const ApiKeysQuery = Type.Object(
  {
    limit: Limit,
    cursor: Type.Optional(Type.String({ format: 'uuid' })),
  },
  { additionalProperties: false },
);
export type ApiKeysQuery = Static<typeof ApiKeysQuery>;

/** `POST …/api-keys`: a key and what it may do, at most what its maker may. */
export const NewApiKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
    scopes: Scopes,
    expires_at: Type.Optional(
      Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
        description: 'Null or left out: until it is revoked',
      }),
    ),
  },
  { additionalProperties: false },
);
export type NewApiKey = Static<typeof NewApiKey>;

/** The answer to making a key: the only time that `key` is shown. */
export const MadeApiKey = Type.Object({ api_key: ApiKey, key: Type.String() }, { $id: 'MadeApiKey' });
export type MadeApiKey = Static<typeof MadeApiKey>;
