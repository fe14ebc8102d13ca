import { describe, expect, it } from 'vitest';
import { AppError } from '../../platform/errors.ts';
import { refuseWeakPassword } from './password-strength.ts';

const ines = { name: 'Inès Hart', email: 'ines.hart@fig-farm.test', organizationName: 'Fresh Figs & Co' };

/** What is said against it, or null. */
const faultOf = (password: string, field?: string) =>
  refuseWeakPassword(password, ines, field).then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error : Promise.reject(error as Error)),
  );

describe('a new password', () => {
  it.each([
    ...[
      'password123',
      'Password1234',
      'qwertyuiop',
      '1234567890',
      'aaaaaaaaaaaa',
      'letmein12345',
      'Passw0rd!!',
    ],
    ...['hunter2hunter2', 'abcdefghij', 'iloveyou123', 'changeme123', 'ab'.repeat(50)],
  ])('is refused when guessers try it early: %s', async (password) => {
    expect(await faultOf(password)).toMatchObject({ code: 'auth.weak_password', status: 400 });
  });

  it.each([
    'Ines Hart 12',
    'INÈS-HART',
    'freshfigs2026',
    'fresh figs figs',
    'ines.hart@fig-farm.test',
    'hart.fresh.1',
  ])('is refused when it is made of the person’s own words: %s', async (password) => {
    expect((await faultOf(password))?.message).toMatch(/own name, email or organization/);
  });

  it.each([
    'seven quiet herons',
    'Ines likes seven quiet herons',
    'Tr0ub4dor&3',
    'ключи под ковриком у двери',
    '正しい馬電池ホチキス針',
  ])('is taken when it is neither: %s', async (password) => {
    expect(await faultOf(password)).toBeNull();
  });

  it('is looked at in no time, however long it is', async () => {
    await faultOf('warm up the measure');
    const started = performance.now();
    for (const password of ['aB3$'.repeat(50), 'x'.repeat(200), 'Zq7!kP'.repeat(33)]) await faultOf(password);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('is faulted at the field in which it stands', async () => {
    expect(await faultOf('password123', 'new_password')).toMatchObject({
      details: { errors: [{ in: 'body', path: '/new_password' }] },
    });
  });
});
