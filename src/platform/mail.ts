/**
 * Letters to people: a few sentences and one link. Sending is a network call, so it belongs into a job, never into a transaction or a
 * request. What must stay true: a letter's link is a secret, so neither it nor the mail server's password reaches a log or an error.
 */
import { createTransport } from 'nodemailer';
import { isLoopbackHost } from './loopback.ts';

/** One letter. Everything is plain text. */
export type Letter = {
  to: string;
  subject: string;
  /** Before the link. */
  paragraphs: readonly string[];
  link?: { label: string; url: string };
  /** After the link, smaller: how long it is good for, what to do when nobody asked for it. */
  notes?: readonly string[];
};

/** Something that takes letters. */
export type Mailer = {
  /** False where letters only appear on the console of a demo: there an owner must be able to see links too. */
  reachesInboxes: boolean;
  /** Throws MailNotTaken when the server did not take it. */
  send(letter: Letter): Promise<void>;
  close(): void;
};

/** The mail server did not take a letter. The message names the fault, never an address, a link or a password. */
export class MailNotTaken extends Error {
  constructor(code: string) {
    super(`The mail server did not take a letter (${code}). Check SMTP_URL and MAIL_FROM.`);
    this.name = 'MailNotTaken';
  }
}

const TIMEOUT_MS = 15_000;

/** Hands letters to a mail server. A password crosses a network only encrypted: without TLS such a server is refused. */
export function createMailer({ smtpUrl, from }: { smtpUrl: string; from: string }): Mailer {
  const url = new URL(smtpUrl);
  const transport = createTransport(
    {
      url: smtpUrl,
      requireTLS: url.password !== '' && !isLoopbackHost(url.hostname),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    reachesInboxes: true,
    async send(letter) {
      const { to, subject } = letter;
      try {
        await transport.sendMail({
          to: { name: '', address: to },
          subject,
          text: plainText(letter),
          html: page(letter),
        });
      } catch (error) {
        throw new MailNotTaken(faultOf(error));
      }
    },
    close: () => transport.close(),
  };
}

/** Prints letters where the operator of a demo sees them. */
export function createPrintingMailer(print: (line: string) => void): Mailer {
  return {
    reachesInboxes: false,
    send: ({ to, subject, link }) => {
      print(`Mail to ${to}: ${subject}${link ? ` ${link.url}` : ''}`);
      return Promise.resolve();
    },
    close: () => undefined,
  };
}

function plainText({ paragraphs, link, notes = [] }: Letter): string {
  return [...paragraphs, ...(link ? [`${link.label}:\n${link.url}`] : []), ...notes].join('\n\n');
}

const escaped: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const html = (text: string) => text.replaceAll(/[&<>"']/g, (character) => escaped[character] ?? '');

/** The same for mail programs that show a button. */
function page({ paragraphs, link, notes = [] }: Letter): string {
  const text = (words: string) => `<p style="margin:0 0 16px">${html(words)}</p>`;
  const button = link
    ? `<p style="margin:24px 0"><a href="${html(link.url)}" style="display:inline-block;padding:11px 20px;border-radius:9px;background:#4a50d8;color:#ffffff;font-weight:600;text-decoration:none">${html(link.label)}</a></p>`
    : '';
  const small = notes.map(
    (note) => `<p style="margin:0 0 8px;color:#646773;font-size:13px">${html(note)}</p>`,
  );
  return `<!doctype html><html lang="en"><body style="margin:0;padding:32px 20px;background:#ffffff;color:#17181d;font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif"><div style="max-width:480px;margin:0 auto">${paragraphs.map(text).join('')}${button}${small.join('')}</div></body></html>`;
}

/** Nodemailer's words may quote what was sent; its codes do not. */
function faultOf(error: unknown): string {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  const parts = [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number');
  return parts.length > 0 ? parts.join(' ') : 'no answer';
}
