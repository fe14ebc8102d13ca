/**
 * Keeps the session alive: one renewal at a time over all tabs (the refresh token rotates, two at once would
 * look like theft to the server), and one place that learns when the session is over.
 */
/** `chosen`: the person signed out; `ended`: the session was over, and they will want to go on where they were. */
type SessionEnd = 'chosen' | 'ended';
type Listener = (end: SessionEnd) => void;

const signedOutListeners = new Set<Listener>();
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('switchboard.session');
let renewedAt = 0;
let running: Promise<boolean> | null = null;

if (channel) {
  channel.onmessage = (event: MessageEvent<unknown>) => {
    if (event.data === 'renewed') renewedAt = Date.now();
    if (event.data === 'signed-out') tellSignedOut('chosen');
  };
}

/** Calls `listener` whenever the session has ended, here or in another tab. Gives the way to stop. */
export function onSignedOut(listener: Listener): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Tells this tab and all others that the session is over. */
export function announceSignedOut(): void {
  channel?.postMessage('signed-out');
  tellSignedOut('chosen');
}

/**
 * Renews the session, unless that already happened after `since` (milliseconds since 1970).
 * False when the session is over; throws what fetch throws when the server cannot be reached.
 */
export function renewSession(since: number): Promise<boolean> {
  running ??= withLock(() => renew(since)).finally(() => {
    running = null;
  });
  return running;
}

async function renew(since: number): Promise<boolean> {
  if (renewedAt > since) return true;
  const response = await fetch('/api/v1/auth/refresh', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: '{}',
  });
  if (response.ok) {
    renewedAt = Date.now();
    channel?.postMessage('renewed');
    return true;
  }
  // Anything but a clear "no" (a restart, a rate limit) must not throw the person out.
  if (response.status === 400 || response.status === 401 || response.status === 403) tellSignedOut('ended');
  return false;
}

function withLock(work: () => Promise<boolean>): Promise<boolean> {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return work();
  return navigator.locks.request('switchboard.renew-session', work);
}

function tellSignedOut(end: SessionEnd): void {
  for (const listener of signedOutListeners) listener(end);
}
