/** `switchboard user`: a first account, or one more organization, without the browser; and a way back in for whoever lost theirs. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';

type CreateOptions = { name: string; email: string; organization: string; password?: string };

type LinkOptions = { email: string; withoutSecondFactor?: boolean };

/** Adds the commands. */
export function addUserCommand(program: Command): void {
  const user = program.command('user').description('People of this install.');
  user
    .command('create')
    .description('Make an organization with its owner. The first user of an install becomes its admin.')
    .requiredOption('--name <name>', 'full name')
    .requiredOption('--email <address>', 'email address to sign in with')
    .requiredOption('--organization <name>', 'name of the organization')
    .option('--password <text>', 'at least 10 characters; left out, one is made and printed')
    .action(async (options: CreateOptions) => {
      const { withApp } = await import('../with-database.ts');
      const { createOrganization } = await import('../../src/modules/auth/register.ts');
      const { checkRegistration } = await import('../../src/modules/auth/check-registration.ts');
      const password = options.password ?? randomBytes(12).toString('base64url');
      const body = await checkRegistration({
        name: options.name,
        email: options.email,
        organization_name: options.organization,
        password,
      });
      await withApp((app) => createOrganization(app, { ...body, madeBy: 'operator' }));
      console.log(`${options.email} can sign in now.`);
      if (options.password === undefined) console.log(`Password: ${password}`);
    });
  user
    .command('link')
    .description('Print a link that sets a new password: good for an hour, once.')
    .requiredOption('--email <address>', 'whose')
    .option('--without-second-factor', 'also remove the second factor, for whoever lost the device')
    .action(async ({ email, withoutSecondFactor = false }: LinkOptions) => {
      const { withApp } = await import('../with-database.ts');
      const { makeRecoveryLink } = await import('../../src/modules/auth/send-account-link.ts');
      const link = await withApp((app) => makeRecoveryLink(app, email, { withoutSecondFactor }));
      if (link === null) {
        const { AppError } = await import('../../src/platform/errors.ts');
        throw new AppError('auth.unknown_email', 404, `Nobody signs in as ${email}. Check the address.`);
      }
      console.log(link);
    });
}
