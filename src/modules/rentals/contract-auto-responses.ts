/** What a person lets Switchboard answer in their name, and when they are away. No I/O. */
import { Type, type Static } from 'typebox';

const Text = Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' });
const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'Such as 08:30' });

const WorkingHours = Type.Object(
  {
    days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      description: '1 is Monday, 7 Sunday',
    }),
    from: TimeOfDay,
    to: { ...TimeOfDay, description: 'Not after midnight: later than `from`' },
  },
  { additionalProperties: false },
);

/** What goes out in a person's name without them. */
export const AutoResponses = Type.Object(
  {
    welcome: Type.Optional(
      Type.Object(
        { enabled: Type.Boolean(), text: Text },
        { additionalProperties: false, description: 'To somebody’s first message on a number, once' },
      ),
    ),
    away: Type.Optional(
      Type.Object(
        {
          enabled: Type.Boolean(),
          text: Text,
          time_zone: Type.String({
            minLength: 1,
            maxLength: 60,
            description: 'An IANA name, such as Europe/Berlin',
          }),
          hours: Type.Array(WorkingHours, { maxItems: 14, description: 'When they are there; empty: never' }),
        },
        {
          additionalProperties: false,
          description: 'To messages outside the hours, at most once in 12 hours a conversation',
        },
      ),
    ),
  },
  { additionalProperties: false },
);
export type AutoResponses = Static<typeof AutoResponses>;

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Whether the runtime knows the zone; its list is the IANA database's. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The weekday from 1, and the time as it stands on a clock there. */
function onTheClock(at: Date, timeZone: string): { day: number; time: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return { day: DAYS.indexOf(part('weekday')) + 1, time: `${part('hour')}:${part('minute')}` };
}

/** Whether somebody who wrote at this moment wrote outside the hours. `to` itself is outside. */
export function isAway({ hours, time_zone }: NonNullable<AutoResponses['away']>, at: Date): boolean {
  const { day, time } = onTheClock(at, time_zone);
  return !hours.some(({ days, from, to }) => days.includes(day) && from <= time && time < to);
}
