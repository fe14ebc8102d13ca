import { describe, expect, it } from 'vitest';
import { isUuid, newId, newToken } from './ids.ts';

describe('ids', () => {
  it('are version 7 UUIDs that sort by the millisecond in which they were made', () => {
    const ids = [1, 2, 1_700_000_000_000, 1_700_000_000_001].map((time) => newId(time));
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => isUuid(id) && id[14] === '7' && /[89ab]/.test(id[19] ?? ''))).toBe(true);
  });

  it('are never made twice', () => {
    const now = Date.now();
    expect(new Set(Array.from({ length: 10_000 }, () => newId(now))).size).toBe(10_000);
  });

  it('are told from other texts', () => {
    expect(['', 'abc', `${newId()}0`, `{${newId()}}`].some(isUuid)).toBe(false);
  });
});

describe('tokens', () => {
  it('carry 256 bits in characters that a URL keeps', () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    expect(newToken()).not.toBe(newToken());
  });
});
