/** How a reply on a central number is signed. */
import type { Tx } from '../../platform/db/tx.ts';
import { findSigner } from './queries.ts';
import { signatureOf } from './rules.ts';

/** Null when there is no such user. @param installBrand stands where the organization has no brand of its own */
export async function findSignature(tx: Tx, userId: string, installBrand: string): Promise<string | null> {
  const signer = await findSigner(tx, userId);
  return signer && signatureOf(signer, signer.brand ?? installBrand);
}
