/** `switchboard rotate-keys`: seals every secret at rest with the newest key of ENCRYPTION_KEY. A running install may go on. */
import type { Command } from 'commander';

/** Adds the command. */
export function addRotateKeysCommand(program: Command): void {
  program
    .command('rotate-keys')
    .description(
      'Seal every stored secret with the newest key of ENCRYPTION_KEY. The server may go on running.',
    )
    .addHelpText(
      'after',
      `
Before it, put a new key in front of the old one and restart every process with both:
  ENCRYPTION_KEY=<openssl rand -base64 32>,<the old key>
Where none was given, the old key is the content of encryption-key in DATA_DIR.
Stopped in between, it goes on when it is started again. When it has ended well, the old key may go.`,
    )
    .action(async () => {
      const { withApp } = await import('../with-database.ts');
      const { rotateSecrets } = await import('../../src/platform/crypto/rotate-secrets.ts');
      const { rotated, unreadable } = await withApp((app) =>
        rotateSecrets({ app, report: (line) => console.log(line) }),
      );
      console.log(`${String(rotated)} secrets were sealed anew; all others had been already.`);
      if (unreadable.length > 0)
        throw new Error(
          `${unreadable.join('\n')}\nThese stay as they are. Add the key that is missing after the newest one and run this again; keep every old key until then.`,
        );
      console.log('Keys after the first one in ENCRYPTION_KEY are needed no more.');
    });
}
