/**
 * The words with which people say that they want no more messages, or want them again, in ten languages. A message counts only when the
 * word is all it says: "please stop the noise" is no STOP. Left out on purpose: everyday answers such as "cancel", "end", "yes" or "no",
 * which customers write about other things; an organization may add them for itself. Pure.
 */

/** The languages that Switchboard itself can write in. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'hi', 'ar', 'tr'] as const;
/** One of those languages. */
export type Language = (typeof LANGUAGES)[number];

type Wish = 'in' | 'out';
type Words = Record<Language, readonly string[]>;

const OUT: Words = {
  en: [
    'stop',
    'stop all',
    'stopall',
    'unsubscribe',
    'unsubscribe me',
    'opt out',
    'optout',
    'quit',
    'stop messages',
    // The button that Meta puts under marketing templates.
    'stop promotions',
  ],
  de: ['stopp', 'abmelden', 'abbestellen', 'austragen', 'keine nachrichten', 'keine nachrichten mehr'],
  fr: [
    'arrêt',
    'arrêter',
    'arrêtez',
    'désabonner',
    'me désabonner',
    'désinscrire',
    'me désinscrire',
    'désinscription',
  ],
  es: ['baja', 'darme de baja', 'dar de baja', 'detener', 'cancelar suscripción', 'no más mensajes'],
  pt: ['parar', 'sair', 'descadastrar', 'cancelar inscrição', 'cancelar assinatura', 'remover'],
  it: [
    'ferma',
    'fermare',
    'disiscrivi',
    'disiscrivimi',
    'cancellami',
    'annulla iscrizione',
    'basta messaggi',
  ],
  nl: ['stoppen', 'afmelden', 'uitschrijven', 'geen berichten', 'geen berichten meer'],
  hi: [
    'रोकें',
    'रोको',
    'बंद',
    'बंद करो',
    'बंद करें',
    'सदस्यता समाप्त',
    'roko',
    'band karo',
    'band kare',
    'message band karo',
  ],
  ar: ['توقف', 'قف', 'إيقاف', 'أوقف', 'إلغاء الاشتراك', 'إلغاء'],
  tr: ['dur', 'durdur', 'abonelikten çık', 'listeden çık', 'çıkış', 'mesaj istemiyorum'],
};

const IN: Words = {
  en: ['start', 'unstop', 'subscribe', 'opt in', 'optin', 'resume'],
  de: ['starten', 'anmelden', 'wieder anmelden', 'abonnieren'],
  fr: ['démarrer', 'reprendre', 'abonner', 'm’abonner', 's’abonner'],
  es: ['alta', 'darme de alta', 'iniciar', 'suscribir', 'suscribirme', 'reanudar'],
  pt: ['começar', 'retomar', 'inscrever', 'assinar'],
  it: ['inizia', 'avvia', 'iscrivi', 'iscrivimi', 'riprendi'],
  nl: ['aanmelden', 'inschrijven', 'hervatten'],
  hi: ['शुरू', 'शुरू करो', 'शुरू करें', 'चालू करो', 'shuru', 'shuru karo', 'chalu karo'],
  ar: ['ابدأ', 'اشتراك', 'اشترك', 'استئناف'],
  tr: ['başla', 'başlat', 'abone ol'],
};

/** Latin accents; Arabic vowel signs, hamza and the stroke that only stretches a word. Vowels of Indian scripts stay: they are letters. */
const MARKS = /[\u0300-\u036f]|\u0640|[\u064b-\u065f]|\u0670/gu;

/**
 * What nobody sees, or only as a part of the sign before it: direction marks, fillers, the selectors and keycaps that phones put behind
 * emoji ("STOP ❗️").
 */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]|\u20e3/gu;

/** What counts of a message: without case, accents, punctuation, symbols, what is not seen, and with single spaces. */
export function normalize(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(MARKS, '')
    .replaceAll('ı', 'i')
    .replaceAll(UNSEEN, '')
    .replaceAll(/[’'‘`]/gu, ' ')
    .replaceAll(/[\p{P}\p{S}\p{Z}\s]+/gu, ' ')
    .trim();
}

/** What a word says: in or out, and in which language; null for words of all languages. */
export type ConsentWord = { wish: Wish; language: Language | null };

const known = new Map<string, ConsentWord>();
for (const [wish, words] of [
  ['out', OUT],
  ['in', IN],
] as const)
  for (const language of LANGUAGES)
    for (const word of words[language]) known.set(normalize(word), { wish, language });
// Everybody who writes these may speak any language.
for (const word of ['stop', 'start'])
  known.set(word, { wish: word === 'stop' ? 'out' : 'in', language: null });

/** Longer than any word of the list, and than one that an organization may add. */
const LONGEST = 60;

/**
 * Null when the text is no such word. A word that an organization adds to one list counts there, whatever the usual lists say.
 * @param own words of the organization, as it wrote them
 */
export function readConsentWord(
  text: string,
  own: { stop: readonly string[]; start: readonly string[] } = { stop: [], start: [] },
): ConsentWord | null {
  if (text.length > LONGEST) return null;
  const said = normalize(text);
  if (said === '') return null;
  if (own.stop.some((word) => normalize(word) === said)) return { wish: 'out', language: null };
  if (own.start.some((word) => normalize(word) === said)) return { wish: 'in', language: null };
  return known.get(said) ?? null;
}
