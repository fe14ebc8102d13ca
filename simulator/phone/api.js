/* global document, fetch, history, location, URLSearchParams, EventSource */
/** Talks to the control API of the simulator that served this page. */

const base = document.querySelector('meta[name=simulator]')?.getAttribute('content') ?? '';

/** The link that the server printed has a token behind its `#`; it is traded for a cookie and leaves the address. */
export async function enter() {
  const token = location.hash.slice(1);
  if (!token) return;
  history.replaceState(null, '', location.pathname + location.search);
  await fetch(`${base}/control/session`, { method: 'POST', body: JSON.stringify({ token }) });
}

/**
 * @param {string} path below control/
 * @param {{ method?: string, body?: unknown }} [options]
 */
export async function control(path, { method = 'GET', body } = {}) {
  const answer = await fetch(`${base}/control/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const result = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(result.error ?? `The simulator answered ${answer.status}.`);
  return result;
}

/**
 * Uploads a file so that a message can carry it. Returns its media id.
 * @param {File} file
 * @param {string} phoneNumberId
 */
export async function upload(file, phoneNumberId) {
  const query = new URLSearchParams({ phone_number_id: phoneNumberId, filename: file.name });
  const answer = await fetch(`${base}/control/media?${query}`, {
    method: 'POST',
    headers: { 'content-type': file.type || 'application/octet-stream' },
    body: file,
  });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error);
  return result.id;
}

/** @param {string} id */
export const mediaAddress = (id) => `${base}/control/media/${encodeURIComponent(id)}`;

/** Live events. `onReady` runs at each (re)connection: what was missed must be loaded anew. */
export function listen(handlers, onReady) {
  const source = new EventSource(`${base}/control/events`);
  source.addEventListener('ready', onReady);
  for (const [type, handle] of Object.entries(handlers))
    source.addEventListener(type, (event) => handle(JSON.parse(event.data)));
}
