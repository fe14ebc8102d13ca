/** The browser asks for files by itself, past our renewal of the session: one refusal renews it and asks once more. */
import { useState } from 'react';
import { renewSession } from '../../lib/session.ts';

export type FileSource = { src: string; failed: boolean; onError: () => void };

export function useFileSource(url: string): FileSource {
  const [attempt, setAttempt] = useState<'first' | 'again' | 'failed'>('first');
  const onError = () => {
    if (attempt !== 'first') {
      setAttempt('failed');
      return;
    }
    renewSession(Date.now()).then(
      (renewed) => setAttempt(renewed ? 'again' : 'failed'),
      () => setAttempt('failed'),
    );
  };
  return { src: attempt === 'again' ? `${url}?again` : url, failed: attempt === 'failed', onError };
}
