import { describe, expect, it } from 'vitest';
import { ACCOUNT_ERROR_CODES } from './account-error-codes.ts';
import { ERROR_MEANINGS, meaningOfError } from './error-codes.ts';
import { GraphError, readGraphError } from './graph-error.ts';
import { SENDING_ERROR_CODES } from './sending-error-codes.ts';

describe('the table of error codes', () => {
  it('has a row for every code of the platform, and none twice', () => {
    const codes = [...SENDING_ERROR_CODES, ...ACCOUNT_ERROR_CODES].map(([code]) => code);
    expect(new Set(codes).size).toBe(codes.length);
    const known = [
      ...[
        0, 1, 2, 3, 4, 10, 33, 100, 104, 190, 200, 299, 368, 80007, 130403, 130429, 130472, 130497, 131000,
        131005,
      ],
      ...[
        131008, 131009, 131016, 131021, 131026, 131030, 131031, 131037, 131042, 131045, 131047, 131048,
        131049,
      ],
      ...[
        131050, 131051, 131052, 131053, 131055, 131056, 131057, 131059, 131060, 131062, 131063, 131064,
        132000,
      ],
      ...[
        132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 132069, 133000, 133004, 133005,
        133006,
      ],
      ...[
        133008, 133009, 133010, 133015, 133016, 134011, 134100, 134101, 134102, 135000, 136024, 137000,
        1752041,
      ],
      ...[
        2388019, 2388039, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299, 2494100, 2593107, 2593108,
        2593109,
      ],
      ...[139100, 139101, 139102, 139103, 2494191, 2388023, 2388024],
      ...[147001, 147002, 147003, 147004, 147005, 147006, 147007, 2388012, 2388091, 2388093, 2388103],
    ];
    for (const code of known) expect(meaningOfError(code), String(code)).not.toBeNull();
  });

  it('says what happened and what to do in whole sentences', () => {
    for (const [code, { meaning, whatToDo }] of ERROR_MEANINGS)
      for (const sentence of [meaning, whatToDo]) expect(sentence, String(code)).toMatch(/^[A-Z].{10,}\.$/);
  });

  it('lets a call be repeated only for codes that Meta gives before doing anything', () => {
    const repeatable = [...ERROR_MEANINGS]
      .filter(([, { kind }]) => kind === 'retry_safe')
      .map(([code]) => code);
    expect(repeatable.toSorted()).toEqual([130429, 131056, 133004, 139102, 4, 80007]);
    for (const code of repeatable) expect(meaningOfError(Number(code))?.waitSeconds).toBeGreaterThan(0);
  });

  it('never has a person wait for what is over, nor repeat what may have arrived', () => {
    const unknown = [...ERROR_MEANINGS]
      .filter(([, { kind }]) => kind === 'temporary_unknown')
      .map(([code]) => code);
    expect(unknown.toSorted()).toEqual([1, 131000, 131016, 131057, 2, 2494100]);
  });

  it('reads the more precise subcode, and template errors in either place', () => {
    expect(meaningOfError(100)?.kind).toBe('invalid');
    expect(meaningOfError(100, 33)?.kind).toBe('permission');
    expect(meaningOfError(100, 2388299)).toBe(meaningOfError(2388299));
    expect(meaningOfError(100, 2388299)?.meaning).toContain('begins or ends with a variable');
    expect(meaningOfError(190, 458)?.meaning).toBe('The business removed the app.');
    expect(meaningOfError(190, 999)).toBe(meaningOfError(190));
    expect(meaningOfError(100, 190)).toBe(meaningOfError(100));
    expect(meaningOfError(250)?.kind).toBe('permission');
    expect(meaningOfError(300)).toBeNull();
  });
});

describe('readGraphError', () => {
  const answer = { httpStatus: 400, repeatable: false, retryAfterSeconds: null, secrets: [] };

  it('is null for what holds no error with a code', () => {
    for (const body of [
      null,
      {},
      { error: 'x' },
      { error: {} },
      { error: { code: 'x' } },
      { error: { code: null } },
    ])
      expect(readGraphError(body, answer)).toBeNull();
  });

  it('takes the wording from wherever Meta put it, cut to 500 characters', () => {
    const details = (error: Record<string, string | Record<string, string>>): string | null | undefined =>
      readGraphError({ error: { code: 100, ...error } }, answer)?.details;
    expect(details({ message: 'm', error_data: { details: 'd' } })).toBe('d');
    expect(details({ message: 'm', error_data: 'plain' })).toBe('plain');
    expect(details({ message: 'm', error_user_msg: 'u' })).toBe('u');
    expect(details({ message: 'm' })).toBe('m');
    expect(details({})).toBeNull();
    expect(details({ message: 'x'.repeat(9000) })).toHaveLength(500);
  });

  it('names a wait only when repeating is safe', () => {
    const waiting = { ...answer, retryAfterSeconds: 30 };
    expect(readGraphError({ error: { code: 4 } }, waiting)?.retryAfterSeconds).toBe(30);
    expect(readGraphError({ error: { code: 131047 } }, waiting)?.retryAfterSeconds).toBeNull();
    expect(readGraphError({ error: { code: 2 } }, waiting)?.retryAfterSeconds).toBeNull();
    expect(readGraphError({ error: { code: 2 } }, { ...waiting, repeatable: true })).toMatchObject({
      kind: 'retry_safe',
      retryAfterSeconds: 30,
    });
  });

  it('makes an error whose message names the code and what it means', () => {
    const error = readGraphError({ error: { code: 131047, message: 'private' } }, answer);
    expect(error).toBeInstanceOf(GraphError);
    expect(error?.message).toBe(
      'Graph API code 131047 (window): The customer last wrote more than 24 hours ago.',
    );
  });
});
