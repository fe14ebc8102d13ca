/** A real mail server on loopback that keeps every letter. Point SMTP_URL at it. */
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

export type ReceivedLetter = { to: string; subject: string; text: string; raw: string };

export type MailServer = {
  /** For SMTP_URL. */
  url: string;
  letters: ReceivedLetter[];
  /** The next letter to an address that nobody has taken yet; waits for it. Rejects after 20 seconds. */
  take(to: string): Promise<ReceivedLetter>;
  /** Refuses letters until told otherwise, as a server does that is down for a while. */
  refuse(isRefusing: boolean): void;
  stop(): Promise<void>;
};

const WAIT_MS = 20_000;

/** Starts it on a free port. */
export async function startMailServer(): Promise<MailServer> {
  const letters: ReceivedLetter[] = [];
  const taken = new Set<ReceivedLetter>();
  const arrived = new EventTarget();
  let isRefusing = false;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) =>
      done(isRefusing ? Object.assign(new Error('come back later'), { responseCode: 451 }) : null),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => {
        for (const { address } of session.envelope.rcptTo) letters.push(readLetter(address, chunks));
        arrived.dispatchEvent(new Event('letter'));
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${String(port)}`,
    letters,
    async take(to) {
      const timeout = AbortSignal.timeout(WAIT_MS);
      for (;;) {
        const found = letters.find((letter) => letter.to === to && !taken.has(letter));
        if (found) {
          taken.add(found);
          return found;
        }
        await once(arrived, 'letter', { signal: timeout }).catch(() => {
          throw new Error(`No letter to ${to} came within ${String(WAIT_MS)} ms.`);
        });
      }
    },
    refuse: (refusing) => void (isRefusing = refusing),
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

function readLetter(to: string, chunks: Buffer[]): ReceivedLetter {
  const raw = Buffer.concat(chunks).toString('utf8');
  const [, subject = ''] = /^Subject: (.*(?:\r\n\s.*)*)/m.exec(raw) ?? [];
  const [, part = ''] = /Content-Type: text\/plain[^]*?\r\n\r\n([^]*?)\r\n--/.exec(raw) ?? [];
  return { to, subject: subject.replaceAll(/\r\n\s+/g, ' '), text: decodeQuotedPrintable(part), raw };
}

function decodeQuotedPrintable(text: string): string {
  return text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The token in a letter's link: it stands in the fragment, which no server sees. */
export function tokenIn(letter: ReceivedLetter, path: string): string {
  const url = /https?:\/\/\S+/.exec(letter.text)?.[0];
  if (!url || new URL(url).pathname !== path)
    throw new Error(`The letter "${letter.subject}" has no link to ${path}: ${letter.text}`);
  return new URL(url).hash.slice(1);
}
