/* global document, location, history, URLSearchParams, FormData, setTimeout, clearTimeout, setInterval, addEventListener */
/** The phone: who writes, their chats, the open one; live through server-sent events. The address names the chat. */
import { control, enter, listen } from './api.js';
import { loadTries, showTry, startWeather } from './behind.js';
import { summary } from './bubbles.js';
import {
  arrived,
  closeChat,
  knows,
  openChat,
  reload,
  showChat,
  startComposer,
  statusChanged,
  typingChanged,
} from './chat.js';
import { avatar, byId, clock, dayOf, element } from './dom.js';

let people = [];
let numbers = [];
let person = null;
/** Messages that were sent to us and have not reached this phone yet. */
const underWay = new Map();

function showScreen(id) {
  for (const screen of document.querySelectorAll('.screen')) screen.hidden = screen.id !== id;
  if (id !== 'chat') closeChat();
}

const nameOf = (one) => one.name || one.formatted;

/** Goes where the address says: `?from=` names the person, `&number=` the business. */
async function follow() {
  const query = new URLSearchParams(location.search);
  const from = query.get('from');
  if (!from) return showPeople();
  person =
    people.find((one) => one.key === from || one.key === from.replace(/\D/g, '')) ??
    (await addPerson({ from }));
  const number = numbers.find((one) => one.phone_number_id === query.get('number'));
  if (!number) return showChats();
  showScreen('chat');
  await showChat(person, number);
}

function go(address) {
  history.pushState(null, '', address || location.pathname);
  return follow();
}

const addressOf = (from, number) => `?${new URLSearchParams({ from, ...(number ? { number } : {}) })}`;

async function addPerson(input) {
  const added = await control('customers', { method: 'POST', body: input });
  await load();
  return people.find((one) => one.key === added.key) ?? added;
}

async function load() {
  const [accounts, customers] = await Promise.all([control('accounts'), control('customers')]);
  numbers = accounts.data.flatMap((account) =>
    account.phone_numbers.map((number) => ({ ...number, waba_id: account.waba_id })),
  );
  people = customers.data;
}

function row({ address, name, key, line, side, badge }) {
  const link = element(
    'a',
    { href: address, class: 'row' },
    avatar(name, key),
    element('span', { class: 'titles' }, element('b', {}, name), element('span', {}, line)),
    element(
      'span',
      { class: 'side' },
      side ?? '',
      badge ? element('span', { class: 'badge', 'aria-label': `${badge} unread` }, String(badge)) : null,
    ),
  );
  return element('li', {}, link);
}

function showPeople() {
  showScreen('people');
  byId('people-hint').textContent =
    people.length === 0
      ? 'Add the first customer. Any number will do; nobody is really written to.'
      : 'Choose a customer, or add one.';
  byId('people-rows').replaceChildren(
    ...people.map((one) =>
      row({
        address: addressOf(one.key),
        name: nameOf(one),
        key: one.key,
        line: one.hide_phone ? `@${one.username ?? 'username'} · number hidden` : one.formatted,
      }),
    ),
  );
}

async function showChats() {
  showScreen('chats');
  byId('me').replaceChildren(
    element('span', { class: 'unseen' }, 'Change person, now '),
    avatar(nameOf(person), person.key),
    element('span', {}, nameOf(person)),
  );
  const { data } = await control(`chats?${new URLSearchParams({ customer: person.key })}`);
  const known = new Set(data.map((chat) => chat.phone_number_id));
  const rows = data.map((chat) => {
    const at = chat.last_message.accepted_at;
    const own = chat.last_message.direction === 'inbound' ? 'You: ' : '';
    return row({
      address: addressOf(person.key, chat.phone_number_id),
      name: chat.verified_name,
      key: chat.phone_number_id,
      line: own + summary(chat.last_message),
      side: dayOf(at) === 'Today' ? clock(at) : dayOf(at),
      badge: chat.unread,
    });
  });
  const others = numbers.filter((one) => !known.has(one.phone_number_id));
  if (others.length > 0) rows.push(element('li', { class: 'label' }, 'Businesses to write to'));
  for (const one of others)
    rows.push(
      row({
        address: addressOf(person.key, one.phone_number_id),
        name: one.verified_name,
        key: one.phone_number_id,
        line: one.formatted,
      }),
    );
  byId('chat-rows').replaceChildren(...rows);
  byId('no-business').hidden = numbers.length > 0;
}

/** Redraws the list when it is shown; a burst of messages redraws it once. */
let redraw = 0;
function refreshChats() {
  if (byId('chats').hidden) return;
  clearTimeout(redraw);
  redraw = setTimeout(() => void showChats(), 80);
}

const isForMe = (event) => person && event.customer === person.key;

function onMessage(message) {
  if (!isForMe(message)) return;
  const shown = {
    ...message,
    accepted_at: new Date(message.at).toISOString(),
    status: message.statuses.at(-1)?.status,
  };
  if (message.direction === 'outbound') underWay.set(message.id, shown);
  else arrived(shown);
  refreshChats();
}

function onStatus(event) {
  if (!isForMe(event)) return;
  const waiting = underWay.get(event.id);
  const reached =
    event.status === 'delivered' ||
    event.status === 'read' ||
    (event.status === 'sent' && waiting?.type === 'reaction');
  if (waiting && reached) {
    underWay.delete(event.id);
    arrived(waiting);
  }
  // Accepted before this page was open, arrived after.
  if (!waiting && reached && !knows(event.id) && event.phone_number_id === openChat()?.number.phone_number_id)
    void reload();
  if (event.status === 'failed') underWay.delete(event.id);
  statusChanged(event);
  refreshChats();
}

async function onAccount() {
  await load();
  if (!byId('chats').hidden) await showChats();
}

async function onCustomer() {
  await load();
  if (!byId('people').hidden) showPeople();
}

function startForms() {
  byId('person-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { name, from, hide_phone: hidden } = Object.fromEntries(new FormData(form));
    const problem = form.querySelector('.problem');
    problem.hidden = true;
    if (from.replace(/\D/g, '').length < 7) {
      problem.textContent =
        'The number needs its country code and at least 7 digits, like +49 151 5550 1234.';
      problem.hidden = false;
      return;
    }
    const username =
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '.')
        .replace(/^\.|\.$/g, '') || 'someone';
    const added = await addPerson({ from, name, ...(hidden ? { hide_phone: true, username } : {}) });
    form.reset();
    await go(addressOf(added.key));
  });
  byId('make-number').addEventListener('click', async () => {
    await control('accounts', { method: 'POST', body: { name: 'Corner Shop' } });
    await onAccount();
  });
  byId('me').addEventListener('click', () => void go(''));
  byId('leave').addEventListener('click', () => void go(addressOf(person.key)));
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a.row');
    if (!link || event.metaKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    void go(link.getAttribute('href'));
  });
  addEventListener('popstate', () => void follow());
}

function startClock() {
  const tick = () => (byId('time').textContent = clock(new Date().toISOString()));
  tick();
  setInterval(tick, 10_000);
}

startClock();
startForms();
startComposer();
await enter();
try {
  await load();
} catch (error) {
  // Nothing works without it, so nothing else is shown.
  document.body.replaceChildren(element('p', { class: 'locked' }, error.message));
  throw error;
}
void startWeather();
await follow();
let first = true;
listen(
  {
    message: onMessage,
    status: onStatus,
    typing: typingChanged,
    account: () => void onAccount(),
    customer: () => void onCustomer(),
    delivery: showTry,
    faults: () => void startWeather(),
    reset: () => location.reload(),
  },
  async () => {
    if (!first) await load();
    first = false;
    void loadTries();
    if (openChat()) await reload();
    else if (!byId('chats').hidden) await showChats();
  },
);
