/**
 * Refuses new passwords that guessers try first: known ones, patterns, and the person's own words. No rules about kinds of characters:
 * they make passwords worse (NIST SP 800-63B, 3.1.1.2). The browser shows the same measure while one types.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { AppError } from '../../platform/errors.ts';
import { isMadeOf, ownWordsOf } from './contract.ts';

/** 0 and 1: fewer than a million guesses. */
const WEAKEST_TAKEN = 2;
/** The measure takes 40 ms for a hundred random characters; what is strong is strong long before. */
const MOST_LOOKED_AT = 50;

/** Whose password it is to be, and the field in which it stands. */
export type PasswordOwner = { name: string; email: string; organizationName: string };

let measure: Promise<ZxcvbnFactory> | undefined;

async function loadMeasure(): Promise<ZxcvbnFactory> {
  const { adjacencyGraphs, dictionary } = await import('@zxcvbn-ts/language-common');
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: MOST_LOOKED_AT });
}

/** Throws `auth.weak_password` (400) at the given field. */
export async function refuseWeakPassword(
  password: string,
  owner: PasswordOwner,
  field = 'password',
): Promise<void> {
  measure ??= loadMeasure();
  const words = ownWordsOf([owner.name, owner.email, owner.organizationName]);
  if (isMadeOf(password, words))
    throw weak(field, 'This password is made of your own name, email or organization. Choose other words.');
  const looked = password.normalize('NFKC').slice(0, MOST_LOOKED_AT);
  if ((await measure).check(looked, words).score < WEAKEST_TAKEN)
    throw weak(field, 'This password is easily guessed. Use a few words in a row that nobody connects.');
}

function weak(field: string, message: string): AppError {
  return new AppError('auth.weak_password', 400, message, {
    errors: [{ in: 'body', path: `/${field}`, message }],
  });
}
