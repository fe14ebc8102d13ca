/** What the outside sees of a landlord's part in the central number. No I/O. */
import { Type, type Static } from 'typebox';
import { AppError } from '../../platform/errors.ts';
import { AutoResponses } from './contract-auto-responses.ts';
import { Nullable } from '../../platform/contract-nullable.ts';

/** How a reply is signed on a number that several people share, unless the person has a signature of their own. */
export const DEFAULT_SIGNATURE = 'From {name} via {brand}:';

/** Who a reply on a central number is from. `own` is what the user has set, with {name} and {brand} in it or not. */
export function signatureOf(user: { name: string; own: string | null }, brand: string): string {
  const template = user.own ?? DEFAULT_SIGNATURE;
  // One pass and no replacement patterns: a name may hold {brand} or $& itself.
  const filled = template.replace(/\{(name|brand)\}/g, (_, word) => (word === 'name' ? user.name : brand));
  return Array.from(filled).slice(0, LONGEST_FILLED).join('');
}

/**
 * Characters with the longest name and brand once each. A template that says the name thirty times is cut: with it no greeting would fit
 * into a message, and what cannot be answered could not be received.
 */
const LONGEST_FILLED = 400;

/** One line above the text, counted against its length. */
export const LONGEST_SIGNATURE = 200;
const Signature = Type.String({
  minLength: 1,
  maxLength: LONGEST_SIGNATURE,
  pattern: '^(?=.*\\S)[^\\r\\n]*$',
});

/** The names are those of the IANA database that Node has. */
export function unknownTimeZone(name: string): AppError {
  return new AppError(
    'rentals.unknown_time_zone',
    400,
    `There is no time zone "${name}". Use a name such as Europe/Berlin.`,
  );
}

/** Hours do not reach over midnight. */
export function hoursEndBeforeTheyBegin(): AppError {
  return new AppError(
    'rentals.hours_end_first',
    400,
    'Working hours have to end after they begin. For hours across midnight enter two, one for each day.',
  );
}

/** How a person takes part in numbers that several share. */
export const OptIn = Type.Object(
  {
    enabled: Type.Boolean({
      description: 'Whether messages of their renters on a central number come to them',
    }),
    opted_in_at: Nullable(Type.String({ format: 'date-time' })),
    notifications_enabled: Type.Boolean({
      description: 'Whether the browsers of the person tell of new messages while nobody looks',
    }),
    signature: Nullable(
      Type.String({ description: 'Null: the usual one. {name} and {brand} are filled in.' }),
    ),
    auto_responses: Nullable(AutoResponses),
    preview: Type.String({ description: 'The signature as customers see it' }),
  },
  { $id: 'OptIn' },
);
export type OptIn = Static<typeof OptIn>;

/** What is left out stays as it is. */
export const OptInBody = Type.Object(
  {
    enabled: Type.Boolean(),
    notifications_enabled: Type.Optional(Type.Boolean()),
    signature: Type.Optional(Nullable(Signature)),
    auto_responses: Type.Optional(Nullable(AutoResponses)),
  },
  { additionalProperties: false },
);
export type OptInBody = Static<typeof OptInBody>;
