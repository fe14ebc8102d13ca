/** What the outside sees of an organization's settings. No I/O. */
import { Type, type Static } from 'typebox';
import { Name } from '../../platform/contract-name.ts';

/** Settings of one organization. */
export const OrganizationSettings = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    brand_name: Type.Union([Type.String(), Type.Null()], {
      description: 'Stands in the signature "From {name} via {brand}:"; null: the brand of the install',
    }),
    install_brand_name: Type.String(),
    single_user_mode: Type.Boolean({
      description:
        'Whether messages that no rule places go to the first registered person instead of waiting',
    }),
    created_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'OrganizationSettings' },
);
export type OrganizationSettings = Static<typeof OrganizationSettings>;

/** Braces would be read as placeholders when it stands in a signature. */
const BrandName = Type.String({ minLength: 1, maxLength: 60, pattern: '^(?=.*\\S)[^{}\\r\\n]*$' });

/** What is left out stays as it is. */
export const OrganizationPatch = Type.Object(
  {
    name: Type.Optional(Name),
    brand_name: Type.Optional(Type.Union([BrandName, Type.Null()])),
    single_user_mode: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type OrganizationPatch = Static<typeof OrganizationPatch>;
