import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { scrubUrl, shortenPhone } from './mask-text.ts';

const CANARY = 'EAAcanary0Zx81LmQ7v2';

/** Everything that the log says while `act` runs. */
function logged(act: (log: Logger) => void): string {
  const lines: string[] = [];
  act(createLogger({ level: 'trace', destination: { write: (line) => void lines.push(line) } }));
  return lines.join('');
}

/** The one line that is logged, parsed. */
function line(act: (log: Logger) => void): Record<string, unknown> {
  return JSON.parse(logged(act)) as Record<string, unknown>;
}

describe('the log', () => {
  it('writes one JSON line with level, time and message', () => {
    expect(line((log) => log.info({ count: 3 }, 'Started'))).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      count: 3,
      msg: 'Started',
    });
  });

  it('masks secret-named keys at any depth, in lists, maps and class instances', () => {
    class Account {
      access_token = 'opaque-canary-1';
      nested = [
        { a: { b: { c: { d: { appSecret: 'opaque-canary-2', Authorization: 'opaque-canary-3' } } } } },
      ];
      map = new Map([['session_cookie', 'opaque-canary-4']]);
      pin = 123456;
      keys = { api_key: ['opaque-canary-5'], password: { value: 'opaque-canary-6' } };
    }
    const text = logged((log) => log.info({ account: new Account() }, 'Loaded'));
    expect(text).not.toMatch(/canary|123456/);
    expect(text.match(/\[masked\]/g)).toHaveLength(7);
  });

  it('masks token shapes in messages, errors, stacks, causes and aggregates', () => {
    const cause = new Error(`Meta says no to access_token=${CANARY}`);
    const error = new AggregateError([new Error(`in list ${CANARY}`)], `failed with Bearer ${CANARY}`, {
      cause,
    });
    const text = logged((log) => {
      log.error(error, `while using ${CANARY}`);
      log.error({ err: error, deep: { a: { b: { c: { d: error } } } } }, 'failed %s %j', CANARY, {
        token: CANARY,
      });
      log.child({ token: CANARY, note: `with ${CANARY}` }).warn('child');
    });
    expect(text).not.toContain('canary');
    expect(text).toContain('Meta says no to access_token=[masked]');
    expect(text).toContain('in list EAA[masked]');
  });

  it('masks every known shape wherever it stands', () => {
    const shapes = [
      `Bearer ${CANARY}`,
      'sb_live_canary12345',
      'eyJhbGciOi.canaryPayload.canarySignature',
      'enc_v1:0123456789ab:canary_canary',
      '$argon2id$v=19$m=65536,t=3,p=1$canary$canary',
      'https://graph.facebook.com/v25.0/oauth/access_token?client_secret=canary1&code=canary2&input_token=canary3',
      '/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=canary&hub.challenge=canary',
      'postgresql://app:canary@db:5432/switchboard',
      'sha256=00c0ffee00c0ffee00c0ffee00c0ffee',
    ];
    for (const shape of shapes) {
      const text = logged((log) => log.info({ note: { a: [shape] } }, shape));
      expect(text, shape).not.toMatch(/canary|c0ffee/);
    }
  });

  it('keeps a message of a customer to its length and a phone number to its ends', () => {
    const message = {
      from: '491701234567',
      type: 'text',
      text: { body: 'My canary is ill' },
      image: { caption: 'the canary' },
      customer_phone: '+49 170 1234567',
    };
    const text = logged((log) => log.info({ message }, 'To +491701234567 failed'));
    expect(text).not.toMatch(/canary|1701234/);
    expect(JSON.parse(text)).toMatchObject({
      msg: 'To +49…67 failed',
      message: { from: '49…67', text: { body: '[text of 16 characters]' }, customer_phone: '+49…67' },
    });
  });

  it('keeps what is needed to find a fault: codes, ids, names of constraints', () => {
    const error = Object.assign(
      new Error('duplicate key value violates unique constraint "agents_phone_key"'),
      {
        code: '23505',
        constraint: 'agents_phone_key',
        detail: 'Key (phone)=(+491701234567, canary) already exists.',
      },
    );
    const text = logged((log) =>
      log.error({ err: error, code: 'auth.wrong_password', token_expires_at: 'soon' }, 'Failed'),
    );
    expect(text).not.toContain('canary');
    expect(JSON.parse(text)).toMatchObject({
      err: { type: 'Error', code: '23505', constraint: 'agents_phone_key' },
      code: 'auth.wrong_password',
      token_expires_at: 'soon',
    });
    expect(line((log) => log.info({ code: 'AQBcanary_oauth-code' }, 'x'))['code']).toBe('[masked]');
  });

  it('survives cycles, depth, size, buffers and getters that throw, and leaves its input alone', () => {
    const cyclic: Record<string, unknown> = {
      token: CANARY,
      big: 1n,
      bytes: Buffer.from(CANARY),
      when: new Date(0),
    };
    cyclic['self'] = cyclic;
    let deep: unknown = CANARY;
    for (let level = 0; level < 10_000; level += 1) deep = [deep];
    const trap = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => expect.unreachable(),
    });
    const text = logged((log) =>
      log.info({ cyclic, deep, trap, wide: Array.from({ length: 1e5 }, () => CANARY) }, 'x'),
    );
    expect(text).not.toContain('canary');
    expect(text.length).toBeLessThan(20_000);
    expect(cyclic['token']).toBe(CANARY);
  });

  it('lets no secret through, wherever an object hides it', () => {
    const hidden = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(CANARY, `Bearer ${CANARY}`, `x=1&access_token=${CANARY}&y=2`, `"${CANARY}"`),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(hidden, fc.string(), (value, key) => {
        expect(logged((log) => log.info({ [key]: value }, 'x'))).not.toContain('canary');
      }),
    );
  });

  it('masks hostile text in linear time', () => {
    const texts = ['+4', 'Bearer ', 'access_token', 'http://a:', 'eyJ.', 'x=', '&code'].map((part) =>
      part.repeat(50_000),
    );
    const started = performance.now();
    for (const text of texts) logged((log) => log.info({ note: text }, text));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('the address of a request in the log', () => {
  it('keeps the path and harmless parameters', () => {
    expect(scrubUrl('/api/v1/conversations?limit=5&q=Schmidt&cursor=abc&unread=true')).toBe(
      '/api/v1/conversations?limit=5&q=[masked]&cursor=[masked]&unread=true',
    );
    expect(scrubUrl('/api/v1/customers/+491701234567')).toBe('/api/v1/customers/+49…67');
    expect(scrubUrl('/x?flag')).toBe('/x?flag');
  });
});

describe('a shortened phone number', () => {
  it('cannot be called', () => {
    expect([
      shortenPhone('+49 170 1234567'),
      shortenPhone('12'),
      shortenPhone('US.13491208655302741918'),
    ]).toEqual(['+49…67', '12', '13…18']);
  });
});
