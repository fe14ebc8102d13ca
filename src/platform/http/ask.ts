/**
 * One HTTP exchange with an address that the operator configured, such as our own behind its proxy. What must stay true: it ends
 * within its limit, follows no redirect, and reads no more of an answer than is asked for.
 */
import { request } from 'undici';

export type Question = {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  limitMs: number;
  /** Characters of the answer that are read; the rest is left. */
  mostCharacters: number;
};

/** Null when no answer came in time. */
export async function ask(url: string, question: Question): Promise<{ status: number; text: string } | null> {
  const { method = 'GET', headers = {}, body = null, limitMs, mostCharacters } = question;
  try {
    const signal = AbortSignal.timeout(limitMs);
    const answer = await request(url, { method, headers, body, signal });
    let text = '';
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString('latin1');
      if (text.length > mostCharacters) {
        answer.body.destroy();
        return { status: answer.statusCode, text: text.slice(0, mostCharacters) };
      }
    }
    return { status: answer.statusCode, text };
  } catch {
    return null;
  }
}
