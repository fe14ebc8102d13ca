import { describe, expect, it } from 'vitest';
import { clockTime } from '../../lib/time.ts';
import { describeWindow } from './sending-window.ts';

const now = new Date(2026, 2, 18, 10, 0);
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();

describe('describeWindow', () => {
  it('says nothing while there is time', () => {
    expect(describeWindow(inMinutes(241), now, 'Olena')).toEqual({ state: 'open' });
  });

  it('says until when below four hours', () => {
    expect(describeWindow(inMinutes(192), now, 'Olena')).toEqual({
      state: 'closing',
      text: `Free text until ${clockTime(new Date(2026, 2, 18, 13, 12))} · 3 h 12 min left`,
    });
  });

  it('closes at the very moment', () => {
    expect(describeWindow(inMinutes(0), now, 'Olena').state).toBe('closed');
  });

  it('says when it closed and who opens it again', () => {
    const closed = describeWindow(inMinutes(-24 * 60), now, 'Olena');
    expect(closed).toMatchObject({ state: 'closed', text: expect.stringMatching(/yesterday at .*Olena/u) });
  });

  it('is closed before the customer has ever written', () => {
    expect(describeWindow(null, now, 'Olena').state).toBe('closed');
  });
});
