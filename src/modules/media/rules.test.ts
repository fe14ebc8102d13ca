import { describe, expect, test } from 'vitest';
import { GraphError } from '../../graph-api/graph-error.ts';
import { decideAfterFailure, isShownInPlace, pauseAfter, safeFileName } from './rules.ts';

const failure = (reason: string, retryAfterSeconds?: number) =>
  new GraphError({
    kind: 'retry_safe',
    reason,
    meaning: 'It failed.',
    whatToDo: 'Wait.',
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
const first = { attempts: 1, isExpired: false };

describe('after a failure', () => {
  test('pauses grow from seconds to an hour and no further', () => {
    expect([1, 2, 3, 10, 11, 200].map(pauseAfter)).toEqual([5, 10, 20, 2560, 3600, 3600]);
  });

  test('Meta’s own wish to wait longer counts', () => {
    expect(decideAfterFailure(failure('rate', 90), first)).toMatchObject({ action: 'retry', seconds: 90 });
  });

  test('a trouble of ours, such as a full disk, is tried again', () => {
    expect(decideAfterFailure(null, first)).toMatchObject({ action: 'retry', seconds: 5 });
  });

  test.each([
    ['too_large', 'failed'],
    ['foreign_origin', 'failed'],
  ])('%s is given up at once', (reason, state) => {
    expect(decideAfterFailure(failure(reason), first)).toMatchObject({ action: 'give_up', state });
  });

  test('a wrong digest is given up after six downloads', () => {
    const after = (attempts: number) =>
      decideAfterFailure(failure('wrong_digest'), { attempts, isExpired: false }).action;
    expect([1, 5, 6].map(after)).toEqual(['retry', 'retry', 'give_up']);
  });

  test('whatever failed, past seven days it is expired', () => {
    expect(decideAfterFailure(null, { attempts: 1, isExpired: true })).toMatchObject({ state: 'expired' });
  });
});

test.each(['image/svg+xml', 'text/html', 'application/pdf', 'application/xhtml+xml', 'text/xml', null])(
  '%s is never shown in place',
  (type) => {
    expect(isShownInPlace(type)).toBe(false);
  },
);

test('a file keeps its name but nothing that acts in it', () => {
  expect(safeFileName('Übergabe 2026.pdf')).toBe('Übergabe 2026.pdf');
  expect(safeFileName('../a\\b"c\r\n')).toBe('.._a_b_c__');
  expect(safeFileName('invoice\u202efdp.exe')).toBe('invoice_fdp.exe');
});
