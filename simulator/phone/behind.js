/** The panel beside the phone: what the webhooks do, and a few ways to make their life hard. */
import { control } from './api.js';
import { byId, element } from './dom.js';

const KEPT = 40;

/** How each switch reads and changes the faults. */
const SWITCHES = {
  auto_read: { read: (faults) => faults.auto_read, change: (on) => ({ auto_read: on }) },
  hold: { read: (faults) => faults.webhooks.hold, change: (on) => ({ webhooks: { hold: on } }) },
  duplicate: {
    read: (faults) => faults.webhooks.duplicate > 0,
    change: (on) => ({ webhooks: { duplicate: on ? 1 : 0 } }),
  },
};

/** Shows the faults as they are; the switches change them. */
export async function startWeather() {
  const faults = await control('faults');
  for (const input of byId('switches').querySelectorAll('input')) {
    const { read, change } = SWITCHES[input.dataset.fault];
    input.checked = read(faults);
    input.onchange = () => void control('faults', { method: 'PUT', body: change(input.checked) });
  }
}

/** Shows what happened before this page was opened. */
export async function loadTries() {
  const { data } = await control('deliveries?limit=20');
  byId('tries').replaceChildren();
  data.forEach(showTry);
}

/** Adds a webhook try to the list, newest first. */
export function showTry(tried) {
  const list = byId('tries');
  byId('no-tries').hidden = true;
  const ok = tried.status === 200;
  const answer = tried.status === null ? 'no answer' : String(tried.status);
  const again = tried.try > 1 ? ` · try ${tried.try}` : '';
  list.prepend(
    element(
      'li',
      { class: ok ? 'good' : 'bad' },
      element('b', {}, tried.about),
      element('span', {}, `${answer} · ${tried.duration_ms} ms${again}`),
    ),
  );
  while (list.childElementCount > KEPT) list.lastElementChild.remove();
}
