/**
 * The commands of `npx switchboard`. Each is a file in cli/commands that adds itself to the program; a command
 * that fails ends with an exit code other than 0 and one message on standard error.
 */
import process from 'node:process';
import { Command } from 'commander';
import { addDoctorCommand } from './commands/doctor.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addRotateKeysCommand } from './commands/rotate-keys.ts';
import { addSendTestWebhookCommand } from './commands/send-test-webhook.ts';
import { addStartCommand } from './commands/start.ts';
import { addUserCommand } from './commands/user.ts';
import { endWithLauncher } from './end-with-launcher.ts';
import { reportFailure } from './report-failure.ts';

endWithLauncher();

const program = new Command('switchboard')
  .description('Self-hosted, multi-tenant WhatsApp Business platform.')
  .showSuggestionAfterError(true)
  .showHelpAfterError('Run "npx switchboard --help" for the list of commands.');

addStartCommand(program);
addMigrateCommand(program);
addDoctorCommand(program);
addUserCommand(program);
addRotateKeysCommand(program);
addSendTestWebhookCommand(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  reportFailure(error);
}
