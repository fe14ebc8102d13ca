/**
 * A TCP proxy between a server and its database that does what networks do: cuts connections, resets them, lets everything vanish without
 * a word, or cuts one between a statement and its answer, when the statement is done and nobody has been told.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type FaultProxy = {
  /** The database's address by way of the proxy. */
  url: string;
  /** Ends every connection in order (FIN). */
  cut(): void;
  /** Ends every connection with a reset (RST). */
  reset(): void;
  /** From now on nothing passes, in connections old and new, and nobody is told; until `restore`. */
  swallow(): void;
  restore(): void;
  /** Cuts the next connection that sends something with this text when its answer comes, unread. Resolves when it is done. */
  cutAnswerTo(text: string): Promise<void>;
  close(): Promise<void>;
};

type Pair = { client: Socket; server: Socket };
type Trap = { text: string; sprung: () => void };

/** Stands before the database of the URL. */
export async function startFaultProxy(databaseUrl: string): Promise<FaultProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<Pair>();
  let isSwallowing = false;
  let trap: Trap | null = null;

  const listener = createServer((client) => {
    const server = connect(Number(target.port || 5432), target.hostname);
    const pair = { client, server };
    pairs.add(pair);
    let isTrapped: Trap | null = null;
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('data', (bytes: Buffer) => {
      if (isSwallowing) return;
      if (trap !== null && bytes.includes(trap.text)) {
        isTrapped = trap;
        trap = null;
      }
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (isSwallowing) return;
      if (isTrapped === null) client.write(bytes);
      else {
        isTrapped.sprung();
        end();
      }
    });
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((listener.address() as AddressInfo).port);

  const cut = () => {
    for (const { client, server } of pairs) {
      client.end();
      server.end();
    }
  };
  return {
    url: url.toString(),
    cut,
    reset() {
      for (const { client, server } of pairs) {
        client.resetAndDestroy();
        server.resetAndDestroy();
      }
    },
    swallow() {
      isSwallowing = true;
    },
    restore() {
      isSwallowing = false;
      // What was swallowed is missing in the middle of a conversation: those connections are of no more use.
      cut();
    },
    cutAnswerTo: (text) => new Promise((sprung) => (trap = { text, sprung })),
    async close() {
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      listener.close();
      await once(listener, 'close');
    },
  };
}
