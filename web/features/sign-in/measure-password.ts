/**
 * How soon a password would be guessed, by the measure that the server refuses weak ones with. It weighs 200 kB, so it is loaded when
 * somebody begins to type a new password.
 */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { isMadeOf, ownWordsOf } from '../../../src/modules/auth/contract.ts';

/** 0 and 1 are refused; 4 is strong. */
export type Strength = 0 | 1 | 2 | 3 | 4;

/** As much as the server looks at. */
const mostLookedAt = 50;

let measure: Promise<ZxcvbnFactory> | undefined;

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Measure }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  return new Measure({ dictionary, graphs: adjacencyGraphs, maxLength: mostLookedAt });
}

/** @param texts the person's own: name, email, organization. Rejects when the measure cannot be loaded. */
export async function measurePassword(password: string, texts: readonly string[]): Promise<Strength> {
  const words = ownWordsOf(texts);
  if (isMadeOf(password, words)) return 0;
  measure ??= load().catch((error: unknown) => {
    measure = undefined;
    throw error;
  });
  return (await measure).check(password.normalize('NFKC').slice(0, mostLookedAt), words).score;
}
