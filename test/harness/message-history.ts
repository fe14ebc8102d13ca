/**
 * Random histories of what customers and a business do on WhatsApp. Every event is one change of a delivery, as Meta would send it at its
 * moment; ids of messages are part of the history, so that it can be told again elsewhere, with the files and landlords of that place.
 */
import fc from 'fast-check';
import type { Change, Sender } from './deliveries.ts';
import {
  anyMessage,
  BUSINESS_PHONE,
  call,
  changeOf,
  echo,
  edit,
  historyOf,
  reaction,
  revoke,
} from './webhook-kinds.ts';

/** What is drawn; `pick` chooses among what there is at that moment. */
export type Step = {
  kind: Kind;
  contact: number;
  number: number;
  show: 'phone' | 'id' | 'both';
  pick: number;
};

const KINDS = [
  'text',
  'text',
  'text',
  'place',
  'answer',
  'reaction',
  'no-reaction',
  'edit',
  'revoke',
  'echo',
  'echo',
  'echo-edit',
  'echo-revoke',
  'echo-reaction',
  'status',
  'status',
  'call',
  'new-number',
  'new-id',
  'id-update',
  'book',
  'wish',
  'past',
  'past-place',
  'past-file',
  'photo',
  'photo-edit',
  'echo-photo',
  'choice',
] as const;
type Kind = (typeof KINDS)[number];

export const histories = (length: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      contact: fc.nat({ max: 3 }),
      number: fc.nat({ max: 2 }),
      show: fc.constantFrom('phone' as const, 'id' as const, 'both' as const),
      pick: fc.nat({ max: 999 }),
    }),
    { minLength: length, maxLength: length },
  );

/** A number on which a history is told. Its files, one for each step, and the row that means a landlord have ids of their own. */
export type HistoryNumber = { phoneNumberId: string; files: readonly string[]; landlordRow: string };
export type HistoryEvent = { number: number; change: (to: HistoryNumber) => Change };
type Fields = Record<string, unknown>;
/** What an event says, where it depends on the number. */
type Content = Fields | ((to: HistoryNumber) => Fields);
type Spoken = { id: string; isOurs: boolean };
type Person = { phone: string; userId: string; generation: number };

/** Long enough ago that nothing is answered automatically, and not so long that Meta has no files of then. */
const BEGIN = Math.floor(Date.now() / 1000) * 1000 - 3 * 86_400_000;
const STATUSES = ['sent', 'delivered', 'read', 'played', 'failed'];
const PRICING = { billable: true, pricing_model: 'PMP', category: 'service' };

/** The steps as events, in order; a step for which there is nothing yet, such as a reaction before any message, becomes a text. */
export function tell(steps: Step[]): HistoryEvent[] {
  const people = Array.from({ length: 4 }, (_, index) => personOf(index, 0));
  const spoken = new Map<string, Spoken[]>();
  const calls = new Map<string, string>();
  const withoutFile = new Map<string, { id: string; at: Date; isOurs: boolean }>();
  return steps.map((step, index): HistoryEvent => {
    const { contact, number, show, pick } = step;
    const person = people[contact] ?? personOf(contact, 0);
    const at = new Date(BEGIN + index * 7_000);
    const id = `wamid.STEP${String(index).padStart(4, '0')}`;
    const from = shown(person, show, pick);
    const place = `${String(number)} ${String(contact)}`;
    const there = spoken.get(place) ?? [];
    const isEcho = step.kind.startsWith('echo') || step.kind === 'status';
    const needs = ['edit', 'photo-edit', 'revoke', 'echo-edit', 'echo-revoke', 'status'].includes(step.kind);
    const targets = needs ? there.filter(({ isOurs }) => isOurs === isEcho) : there;
    const target = targets[pick % Math.max(targets.length, 1)]?.id;
    const said = { from, at, id };
    const message =
      (content: Content): HistoryEvent['change'] =>
      (to) =>
        changeOf(to.phoneNumberId, 'messages', {
          contacts: [contactOf(from, pick)],
          messages: [contentFor(to, content)],
        });
    const ours =
      (content: Content): HistoryEvent['change'] =>
      (to) =>
        changeOf(to.phoneNumberId, 'smb_message_echoes', { message_echoes: [contentFor(to, content)] });
    const photo = ({ files }: HistoryNumber) => ({
      id: files[index],
      caption: `Photo ${String(index)}`,
    });
    const speak = (isOurs: boolean) => spoken.set(place, [...there, { id, isOurs }]);
    const text = () => {
      speak(false);
      return message(anyMessage(said, 'text', { body: `Words ${String(index)}` }));
    };
    const make: Partial<Record<Kind, () => HistoryEvent['change']>> = {
      place: () => (speak(false), message(anyMessage(said, 'location', { latitude: 1, longitude: 2 }))),
      answer: () => (
        speak(false),
        message(anyMessage(said, 'text', { body: 'Yes' }, { context: { id: target } }))
      ),
      echo: () => (speak(true), ours(echo(said, 'text', { body: `Ours ${String(index)}` }))),
      photo: () => (speak(false), message((to) => anyMessage(said, 'image', photo(to)))),
      'echo-photo': () => (speak(true), ours((to) => echo(said, 'image', photo(to)))),
      choice: () => (
        speak(false),
        message(({ landlordRow }) =>
          anyMessage(said, 'interactive', {
            type: 'list_reply',
            list_reply: { id: landlordRow, title: 'A landlord' },
          }),
        )
      ),
      call: () => {
        const known = calls.get(place);
        calls.set(place, known ?? `wacid.${String(index)}`);
        if (known) calls.delete(place);
        const content = call(
          { ...said, id: known ?? `wacid.${String(index)}` },
          known ? 'terminate' : 'connect',
        );
        return ({ phoneNumberId }) => changeOf(phoneNumberId, 'calls', { calls: [content] });
      },
      'new-number': () => {
        const next = personOf(contact, person.generation + 1);
        people[contact] = { ...person, phone: next.phone, generation: next.generation };
        const system = { type: 'user_changed_number', body: 'New number', wa_id: next.phone };
        return message(anyMessage({ ...said, from: { phone: person.phone } }, 'system', system));
      },
      'new-id': () => {
        const next = personOf(contact, person.generation + 1);
        people[contact] = { ...person, userId: next.userId, generation: next.generation };
        const system = {
          type: 'user_changed_user_id',
          user_id: next.userId,
          previous_user_id: person.userId,
        };
        return message(anyMessage({ ...said, from: {} }, 'system', system));
      },
      'id-update': () => {
        const next = personOf(contact, person.generation + 1);
        people[contact] = { ...person, userId: next.userId, generation: next.generation };
        const update = {
          user_id: { previous: person.userId, current: next.userId },
          timestamp: String(at.getTime() / 1000),
        };
        return ({ phoneNumberId }) => changeOf(phoneNumberId, 'user_id_update', { user_id_update: [update] });
      },
      past: () => {
        const isOurs = pick % 2 === 0;
        speak(isOurs);
        const written = { ...anyMessage({ ...said, from: {} }, 'text', { body: `Past ${String(index)}` }) };
        const way = isOurs ? { from: BUSINESS_PHONE, to: person.phone } : { from: person.phone };
        return ({ phoneNumberId }) =>
          historyOf(phoneNumberId, person.phone, [
            { ...written, ...way, history_context: { status: 'READ' } },
          ]);
      },
      'past-place': () => {
        const isOurs = pick % 2 === 0;
        if (withoutFile.has(place)) return text();
        withoutFile.set(place, { id, at, isOurs });
        const written = anyMessage({ ...said, from: {} }, 'media_placeholder', undefined);
        const way = isOurs ? { from: BUSINESS_PHONE } : { from: person.phone };
        return ({ phoneNumberId }) =>
          historyOf(phoneNumberId, person.phone, [
            { ...written, ...way, history_context: { status: 'READ' } },
          ]);
      },
      'past-file': () => {
        const waiting = withoutFile.get(place);
        if (!waiting) return text();
        withoutFile.delete(place);
        // To whom the business sent it Meta does not always say.
        const to = pick % 3 === 0 ? { to: person.phone } : {};
        const way = waiting.isOurs ? { from: BUSINESS_PHONE, ...to } : { from: person.phone };
        return (on) =>
          changeOf(on.phoneNumberId, 'history', {
            messages: [{ ...anyMessage({ ...waiting, from: {} }, 'image', photo(on)), ...way }],
          });
      },
      book:
        () =>
        ({ phoneNumberId }) =>
          changeOf(phoneNumberId, 'smb_app_state_sync', {
            state_sync: [
              {
                type: 'contact',
                contact: { full_name: `Saved ${String(index)}`, phone_number: person.phone },
                action: pick % 3 === 0 ? 'remove' : 'add',
                metadata: { timestamp: String(at.getTime() / 1000) },
              },
            ],
          }),
      wish:
        () =>
        ({ phoneNumberId }) =>
          changeOf(phoneNumberId, 'user_preferences', {
            user_preferences: [
              {
                wa_id: person.phone,
                category: 'marketing_messages',
                value: pick % 2 === 0 ? 'stop' : 'resume',
                timestamp: at.getTime() / 1000,
              },
            ],
          }),
    };
    const aboutAnother: Partial<Record<Kind, (about: string) => HistoryEvent['change']>> = {
      reaction: (about) => message(reaction(said, about, '👍')),
      'no-reaction': (about) => message(reaction(said, about)),
      edit: (about) => message(edit(said, about, `Edited ${String(index)}`)),
      'photo-edit': (about) =>
        message((to) =>
          anyMessage(said, 'edit', {
            original_message_id: about,
            message: { type: 'image', image: photo(to) },
          }),
        ),
      revoke: (about) => message(revoke(said, about)),
      'echo-edit': (about) =>
        ours(
          echo(said, 'edit', {
            original_message_id: about,
            message: { type: 'text', text: { body: 'Ours, better' } },
          }),
        ),
      'echo-revoke': (about) => ours(echo(said, 'revoke', { original_message_id: about })),
      'echo-reaction': (about) => ours(echo(said, 'reaction', { message_id: about, emoji: '🙏' })),
      status:
        (about) =>
        ({ phoneNumberId }) =>
          changeOf(phoneNumberId, 'messages', {
            statuses: [
              {
                id: about,
                status: STATUSES[pick % STATUSES.length],
                timestamp: String(at.getTime() / 1000),
                ...(from.phone ? { recipient_id: from.phone } : {}),
                ...(from.userId ? { recipient_user_id: from.userId } : {}),
                ...(pick % 2 === 0 ? { pricing: PRICING } : {}),
                ...(STATUSES[pick % STATUSES.length] === 'failed'
                  ? { errors: [{ code: 131026, title: 'x' }] }
                  : {}),
              },
            ],
          }),
    };
    const about = aboutAnother[step.kind];
    if (about && target !== undefined) return { number, change: about(target) };
    return { number, change: (make[step.kind] ?? text)() };
  });
}

function contentFor(to: HistoryNumber, content: Content): Fields {
  return typeof content === 'function' ? content(to) : content;
}

/** The phone that somebody has when a history begins. */
export const firstPhoneOf = (contact: number) => personOf(contact, 0).phone;

function personOf(contact: number, generation: number): Person {
  const tail = `${String(contact)}${String(generation).padStart(4, '0')}`;
  return { phone: `49170555${tail}`, userId: `DE.77${tail}`, generation };
}

/** By what the person is named this time; both only after they have been told together often enough to be drawn. */
function shown({ phone, userId }: Person, show: Step['show'], pick: number): Sender {
  if (show === 'phone' || pick % 4 === 0) return { phone };
  return show === 'id' ? { userId } : { phone, userId };
}

function contactOf({ phone, userId }: Sender, pick: number): Record<string, unknown> {
  return {
    profile: {
      ...(pick % 5 === 0 ? {} : { name: `Name ${String(pick % 7)}` }),
      ...(pick % 3 === 0 ? { username: `user${String(pick % 4)}` } : {}),
    },
    ...(phone ? { wa_id: phone } : {}),
    ...(userId ? { user_id: userId } : {}),
  };
}
