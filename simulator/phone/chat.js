/* global document, setTimeout, clearTimeout, CSS */
/** The open chat: its bubbles in order, the composer, typing, quotes, lists to choose from, reading. */
import { control, upload } from './api.js';
import { bubble, setReaction, setTicks, summary } from './bubbles.js';
import { avatar, byId, dayOf, element } from './dom.js';

const TYPING_MS = 25_000;

let open = null;
let messages = new Map();
let templates = [];
let quoted = null;
/** What arrives while the chat is being loaded; null when nothing is being loaded. */
let meanwhile = null;
let typingTimer = 0;

/** The chat that is shown: `{ person, number }`, or null. */
export const openChat = () => open;

/** @param {{ key: string, name: string }} person @param {{ phone_number_id: string }} number */
export async function showChat(person, number) {
  open = { person, number };
  byId('chat-title').textContent = number.verified_name;
  byId('chat-number').textContent = number.formatted;
  byId('chat-avatar').replaceChildren(avatar(number.verified_name, number.phone_number_id));
  setQuote(null);
  setTyping(false);
  await reload();
  byId('text').focus({ preventScroll: true });
}

export function closeChat() {
  open = null;
}

/** Loads the open chat anew, after opening and after a lost connection. */
export async function reload() {
  if (!open) return;
  const asked = open;
  const waiting = (meanwhile = []);
  const [chat, list] = await Promise.all([control(`chats/${chatPath(open)}`), control('templates')]);
  if (open !== asked || meanwhile !== waiting) return;
  meanwhile = null;
  templates = list.data.filter((one) => one.waba_id === open.number.waba_id);
  messages = new Map(chat.data.map((message) => [message.id, message]));
  byId('bubbles').replaceChildren();
  if (chat.data.length === 0) byId('bubbles').append(emptyChat());
  for (const message of chat.data) add(message);
  waiting.forEach(arrived);
  toEnd();
  markRead();
}

/** A message has appeared on this phone. */
export function arrived(message) {
  if (!isHere(message)) return;
  if (meanwhile) return void meanwhile.push(message);
  if (messages.has(message.id)) return;
  const atEnd = isAtEnd(120);
  messages.set(message.id, message);
  byId('bubbles').querySelector('.empty')?.remove();
  if (message.direction === 'outbound') setTyping(false);
  add(message);
  if (atEnd || message.direction === 'inbound') toEnd();
  markRead();
}

/** Whether the open chat shows this message. */
export const knows = (id) => messages.has(id);

/** The business has got or read one of our messages. */
export function statusChanged({ id, status }) {
  const node = nodeOf(id);
  if (node?.classList.contains('own')) setTicks(node, status);
  const message = messages.get(id);
  if (message) message.status = status;
}

export function typingChanged(event) {
  if (open && event.phone_number_id === open.number.phone_number_id && event.customer === open.person.key)
    setTyping(event.typing);
}

function isHere(message) {
  return (
    open && message.phone_number_id === open.number.phone_number_id && message.customer === open.person.key
  );
}

function chatPath({ person, number }) {
  return `${number.phone_number_id}/${encodeURIComponent(person.key)}`;
}

function add(message) {
  const list = byId('bubbles');
  if (message.type === 'reaction') {
    const { message_id: target, emoji } = message.body.reaction;
    const node = nodeOf(target);
    if (node) setReaction(node, message.direction === 'inbound' ? 'own' : 'theirs', emoji);
    return;
  }
  const last = list.lastElementChild;
  const day = dayOf(message.accepted_at);
  if (!last || dayOf(last.dataset.day) !== day)
    list.append(element('li', { class: 'day', 'data-day': message.accepted_at }, day));
  const node = bubble(message, actions);
  if (
    last?.classList.contains('own') === node.classList.contains('own') &&
    last?.classList.contains('bubble')
  )
    node.classList.add('follows');
  list.append(node);
}

const actions = {
  answer: (reply) => void send(reply),
  choose: showSheet,
  quote: (message) => setQuote(message),
  find: (id) => messages.get(id),
  template: (name, language) => templates.find((one) => one.name === name && one.language === language),
};

function nodeOf(id) {
  return byId('bubbles').querySelector(`[data-id="${CSS.escape(id)}"]`);
}

function emptyChat() {
  return element(
    'li',
    { class: 'empty', 'data-day': new Date().toISOString() },
    element('h2', {}, `Say hello to ${open.number.verified_name}`),
    element(
      'p',
      {},
      'What you write here arrives in the inbox of the business within a moment. Answers show up here.',
    ),
  );
}

function toEnd() {
  const wall = byId('wall');
  wall.scrollTop = wall.scrollHeight;
}

function isAtEnd(margin) {
  const wall = byId('wall');
  return wall.scrollHeight - wall.scrollTop - wall.clientHeight < margin;
}

function keepEnd(event) {
  if (isAtEnd(event.target.clientHeight + 120)) toEnd();
}

function startSheet() {
  const sheet = byId('sheet');
  sheet.addEventListener('close', () => {
    byId('chat').inert = false;
    byId('text').focus({ preventScroll: true });
  });
  sheet.addEventListener('keydown', (event) => event.key === 'Escape' && sheet.close());
  document.querySelector('.shade').addEventListener('click', () => sheet.close());
}

/** Reading counts only while somebody can see the chat. */
export function markRead() {
  if (!open || document.visibilityState !== 'visible') return;
  void control(`chats/${chatPath(open)}/read`, { method: 'POST' }).catch(() => {});
}

async function send(input) {
  if (!open) return;
  const { person, number } = open;
  const shared = input.share ? { message: { contacts: [ownContact(person)] } } : {};
  const { share: _share, ...rest } = input;
  const body = { phone_number_id: number.phone_number_id, from: person.key, ...rest, ...shared };
  if (quoted && !body.reply_to) body.reply_to = quoted.id;
  setQuote(null);
  problem('');
  try {
    arrived(await control('inbound', { method: 'POST', body }));
  } catch (error) {
    problem(error.message);
    if (input.text && byId('text').value === '') byId('text').value = input.text;
  }
}

function ownContact(person) {
  const phone = person.wa_id ?? '';
  return {
    name: { formatted_name: person.name },
    phones: [{ phone: `+${phone}`, wa_id: phone, type: 'CELL' }],
    origin: 'contact_request',
  };
}

function problem(text) {
  const place = byId('composer').querySelector('.problem');
  place.textContent = text;
  place.hidden = text === '';
}

function setQuote(message) {
  quoted = message;
  const place = byId('quote');
  place.hidden = message === null;
  place.querySelector('p').textContent = message ? summary(message) : '';
  if (message) byId('text').focus();
}

function setTyping(on) {
  clearTimeout(typingTimer);
  byId('typing').hidden = !on;
  if (!on) return;
  toEnd();
  typingTimer = setTimeout(() => setTyping(false), TYPING_MS);
}

function showSheet(action, message) {
  const sheet = byId('sheet');
  byId('sheet-title').textContent = action.button;
  const sections = action.sections.map((section) =>
    element(
      'section',
      {},
      section.title ? element('h3', {}, section.title) : null,
      ...section.rows.map((row) =>
        element(
          'button',
          {
            type: 'submit',
            class: 'choice',
            onclick: () =>
              void send({
                type: 'list_reply',
                text: row.title,
                description: row.description,
                reply_id: row.id,
                reply_to: message.id,
              }),
          },
          element('b', {}, row.title),
          row.description ? element('span', {}, row.description) : null,
        ),
      ),
    ),
  );
  byId('sheet-rows').replaceChildren(...sections);
  // Not modal for the browser, so that it rises inside the phone; the chat behind it rests meanwhile.
  byId('chat').inert = true;
  sheet.show();
}

async function sendFile(file) {
  if (!open || !file) return;
  const type = file.type === 'image/webp' ? 'sticker' : file.type.startsWith('image/') ? 'image' : 'document';
  problem('');
  try {
    const id = await upload(file, open.number.phone_number_id);
    const text = byId('text').value.trim();
    byId('text').value = '';
    await send({ type, media_id: id, filename: file.name, ...(text && type !== 'sticker' ? { text } : {}) });
  } catch (error) {
    problem(error.message);
  }
}

function submit() {
  const box = byId('text');
  const text = box.value.trim();
  if (text === '') return;
  box.value = '';
  box.focus();
  void send({ type: 'text', text });
}

/** Wires the composer. Enter sends; with Shift it makes a new line. */
export function startComposer() {
  byId('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  byId('text').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  byId('file').addEventListener('change', (event) => {
    const [file] = event.target.files;
    event.target.value = '';
    void sendFile(file);
  });
  byId('quote')
    .querySelector('button')
    .addEventListener('click', () => setQuote(null));
  document.addEventListener('visibilitychange', markRead);
  // A picture is as high as it is only once it has loaded.
  byId('bubbles').addEventListener('load', keepEnd, { capture: true });
  startSheet();
}
