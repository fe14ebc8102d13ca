/** Seals in the background what an older key sealed. It can run twice: what the newest key has sealed is passed over. */
import type { Databases } from '../db/tx.ts';
import type { Logger } from '../log/logger.ts';
import type { JobDefinition } from '../queue/job-definition.ts';
import { rotateSecrets } from './rotate-secrets.ts';
import type { SecretBox } from './secret-box.ts';

export function rotateKeysJob(app: {
  databases: Databases;
  secretBox: SecretBox;
  log: Logger;
}): JobDefinition {
  return {
    name: 'platform.rotate-keys',
    schedule: '*/15 * * * *',
    leaseSeconds: 600,
    retry: { limit: 3, delaySeconds: 60, backoff: true },
    async run(_payload, { signal }) {
      if (!app.secretBox.hasOlderKeys) return;
      const { rotated, unreadable } = await rotateSecrets({
        app,
        signal,
        report: (line) => app.log.info(line),
      });
      if (rotated > 0) app.log.info({ rotated }, 'Secrets were sealed with the newest key');
      if (unreadable.length > 0)
        app.log.warn(
          { count: unreadable.length },
          'Secrets cannot be read by any key; run "npx switchboard rotate-keys"',
        );
    },
  };
}
