/** What the outside sees of an organization's automatic messages and its words of consent. No I/O. */
import { Type, type Static } from 'typebox';

/** The languages that Switchboard can write in: English, German, French, Spanish, Portuguese, Italian, Dutch, Hindi, Arabic, Turkish. */
export const MessageLanguage = Type.Union([
  Type.Literal('en'),
  Type.Literal('de'),
  Type.Literal('fr'),
  Type.Literal('es'),
  Type.Literal('pt'),
  Type.Literal('it'),
  Type.Literal('nl'),
  Type.Literal('hi'),
  Type.Literal('ar'),
  Type.Literal('tr'),
]);

const Text = Type.Optional(Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' }));
const Texts = Type.Object(
  { en: Text, de: Text, fr: Text, es: Text, pt: Text, it: Text, nl: Text, hi: Text, ar: Text, tr: Text },
  {
    additionalProperties: false,
    description: 'Own words by language, with {brand} in them or not; without, the usual ones',
  },
);
const words = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 40, pattern: '\\S' }), { maxItems: 30, description });

/** All of it, each time. */
export const AutomaticMessages = Type.Object(
  {
    language: MessageLanguage,
    notice: Type.Object(
      {
        enabled: Type.Boolean({
          description: 'Whether people whose message waits in triage are told so, at most once in 24 hours',
        }),
        texts: Texts,
      },
      { additionalProperties: false },
    ),
    stop_words: words('Further words that mean STOP, each a whole message'),
    start_words: words('Further words that mean START'),
  },
  { $id: 'AutomaticMessages', additionalProperties: false },
);
export type AutomaticMessages = Static<typeof AutomaticMessages>;

/** What holds until an owner changes it. */
export const DEFAULT_AUTOMATIC_MESSAGES: AutomaticMessages = {
  language: 'en',
  notice: { enabled: true, texts: {} },
  stop_words: [],
  start_words: [],
};
