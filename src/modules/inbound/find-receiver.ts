/**
 * Whom a webhook address belongs to, and by what its callers are known. What must stay true: an organization that does not exist, or
 * has no app of its own, answers like one whose token or signature was wrong, and as slowly.
 */
import { randomBytes } from 'node:crypto';
import type { App } from '../../app.ts';
import type { SigningSecret } from '../../graph-api/signature.ts';
import { AppError } from '../../platform/errors.ts';
import { ConfigLoader } from '../credentials/config-loader.ts';
import { INSTALL_SIGNER } from './contract.ts';

export type Receiver = { verifyToken: string; secrets: readonly SigningSecret[] };

/** Known to nobody, so that there is always something to compare with. */
const NOBODY = randomBytes(32).toString('base64url');

function installReceiver({ webhook }: App): Receiver {
  return {
    verifyToken: webhook.verifyToken,
    secrets: webhook.appSecrets.map((secret) => ({ id: INSTALL_SIGNER, secret })),
  };
}

/** @param tenantId null: the install's own address. Throws `inbound.not_stored` (503) when the database cannot be asked. */
export async function findReceiver(app: App, tenantId: string | null): Promise<Receiver> {
  if (tenantId === null) return installReceiver(app);
  const loader = await ConfigLoader.load(app, tenantId).catch((error: unknown) => {
    app.log.warn({ err: error }, 'A webhook address could not be looked up');
    throw new AppError('inbound.not_stored', 503, 'The delivery could not be stored. Deliver it again.', {
      retry_after: 5,
    });
  });
  const secrets = loader.getSigningSecrets(tenantId);
  return {
    verifyToken: loader.getOwnVerifyToken() ?? NOBODY,
    secrets: secrets.length > 0 ? secrets : [{ id: INSTALL_SIGNER, secret: NOBODY }],
  };
}
