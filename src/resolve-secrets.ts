/**
 * The secrets of an install: given by the operator, or generated into the data directory at the first start. What must stay true: the
 * next start finds the same ones, or nothing that is encrypted could be read.
 */
import type { Config, Secrets } from './config.ts';
import { loadOrGenerate } from './platform/crypto/generated-secrets.ts';
import { derivePasswords, type RolePasswords } from './platform/db/roles.ts';

/** Secrets with nothing left to decide. */
export type ResolvedSecrets = {
  encryptionKeys: Buffer[];
  sessionSecret: string;
  /** Of the Meta app whose deliveries are accepted; the simulator signs with it too. */
  appSecret: string | null;
  verifyToken: string;
  /** Of the operator's own number. */
  whatsappToken: string | null;
  smtpUrl: string | null;
  passwords: RolePasswords;
};

const text = async (dataDir: string, name: string) =>
  (await loadOrGenerate(dataDir, name, 32)).toString('base64url');

/** Fills in what the operator left out. With neither a Meta app nor the simulator there is no app secret, and no delivery is taken. */
export async function resolveSecrets(config: Config, secrets: Secrets): Promise<ResolvedSecrets> {
  const { dataDir, databaseUrl } = config;
  const sessionSecret = secrets.sessionSecret ?? (await text(dataDir, 'session-secret'));
  const adminPassword = databaseUrl === null ? '' : new URL(databaseUrl).password;
  return {
    encryptionKeys: secrets.encryptionKeys ?? [await loadOrGenerate(dataDir, 'encryption-key', 32)],
    sessionSecret,
    appSecret:
      secrets.metaAppSecret ?? (config.simulator ? await text(dataDir, 'simulator-app-secret') : null),
    verifyToken: secrets.verifyToken ?? (await text(dataDir, 'verify-token')),
    whatsappToken: secrets.whatsappToken,
    smtpUrl: secrets.smtpUrl,
    passwords: derivePasswords(adminPassword || sessionSecret),
  };
}
