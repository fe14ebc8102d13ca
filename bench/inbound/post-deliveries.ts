/**
 * Posts deliveries over a few kept-alive connections, as cheaply as possible: it shares the machine with what it measures. Latencies
 * count from the moment at which a delivery was due, so that a server that stalls is charged for everything that had to wait.
 */
import { connect, type Socket } from 'node:net';
import { signatureOf } from '../../test/harness/deliveries.ts';

/** A request, ready to be written. */
export function toRequest(body: string): Buffer {
  const head = [
    'POST /webhooks/whatsapp HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    `x-hub-signature-256: ${signatureOf(body)}`,
    `content-length: ${String(Buffer.byteLength(body))}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

type Waiting = { request: Buffer; dueAt: number };

export type Posted = {
  accepted: number;
  /** Anything but 200, and connections that broke. */
  refused: number;
  /** Milliseconds, sorted. */
  latencies: number[];
};

export class Poster {
  readonly #sockets = new Set<Socket>();
  readonly #free: Socket[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #posted: Posted = { accepted: 0, refused: 0, latencies: [] };
  #open = 0;
  #finished = false;
  #idle: (() => void)[] = [];

  constructor(url: string, connections: number) {
    const { port } = new URL(url);
    for (let n = 0; n < connections; n++) this.#connect(Number(port));
  }

  /** Posts when a connection is free; `dueAt` by performance.now(). */
  post(request: Buffer, dueAt = performance.now()): void {
    this.#open++;
    // In turns: a server closes a connection that rests.
    const socket = this.#free.shift();
    if (socket) this.#write(socket, { request, dueAt });
    else this.#waiting.push({ request, dueAt });
  }

  get open(): number {
    return this.#open;
  }

  get accepted(): number {
    return this.#posted.accepted;
  }

  /** Resolves when everything is answered. */
  async finish(): Promise<Posted> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#finished = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#posted.latencies.sort((a, b) => a - b);
    return this.#posted;
  }

  #connect(port: number): void {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      this.#release(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        const at = this.#free.indexOf(socket);
        if (at !== -1) this.#free.splice(at, 1);
        if (!this.#finished) this.#connect(port);
      });
    });
    // That the other side has ended is seen only by who reads.
    socket.resume();
    this.#sockets.add(socket);
  }

  #release(socket: Socket): void {
    const next = this.#waiting.shift();
    if (next) this.#write(socket, next);
    else this.#free.push(socket);
  }

  #write(socket: Socket, { request, dueAt }: Waiting): void {
    let answer = '';
    const take = (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      const head = answer.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(answer)?.[1];
      if (head === -1 || length === undefined || answer.length < head + 4 + Number(length)) return;
      end(answer.startsWith('HTTP/1.1 200'));
      this.#release(socket);
    };
    const lost = () => end(false);
    const end = (isAccepted: boolean) => {
      socket.off('data', take);
      socket.off('close', lost);
      this.#posted[isAccepted ? 'accepted' : 'refused']++;
      this.#posted.latencies.push(performance.now() - dueAt);
      if (--this.#open === 0) for (const resolve of this.#idle.splice(0)) resolve();
    };
    socket.on('data', take);
    socket.once('close', lost);
    socket.write(request);
  }
}

/** Posts at a fixed rate, whatever comes back. Resolves when everything is answered. */
export async function postAtRate(
  url: string,
  load: { perSecond: number; seconds: number; connections: number; make: (index: number) => Buffer },
): Promise<Posted> {
  const poster = new Poster(url, load.connections);
  const start = performance.now();
  const total = Math.round(load.perSecond * load.seconds);
  let sent = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * load.perSecond) + 1);
      for (; sent < due; sent++) poster.post(load.make(sent), start + (sent * 1000) / load.perSecond);
      if (sent < total) return;
      clearInterval(timer);
      resolve();
    }, 2);
  });
  return poster.finish();
}

/** Keeps so many requests open for so long; how many were accepted a second. */
export async function postAtSaturation(
  url: string,
  load: { open: number; seconds: number; make: (index: number) => Buffer },
): Promise<{ perSecond: number; refused: number }> {
  const poster = new Poster(url, load.open);
  let index = 0;
  const start = performance.now();
  const end = start + load.seconds * 1000;
  while (performance.now() < end) {
    while (poster.open < load.open * 2) poster.post(load.make(index++));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { accepted } = poster;
  const perSecond = accepted / ((performance.now() - start) / 1000);
  const { refused } = await poster.finish();
  return { perSecond, refused };
}
