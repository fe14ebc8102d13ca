/** `switchboard start`: what `npm start` runs. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { ensureWebBuilt } from '../../scripts/build-web.ts';

const MODES = ['all', 'web', 'worker'] as const;

type StartOptions = { demo: boolean; mode: (typeof MODES)[number] };

/** Adds the command. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('Start the server: with its own PostgreSQL, or with the one at DATABASE_URL.')
    .option('--demo', 'also make a demo organization with agents, numbers, customers and leases', false)
    .addOption(new Option('--mode <mode>', 'which part runs here').choices(MODES).default('all'))
    .action(async (options: StartOptions) => {
      if (options.mode !== 'worker') await ensureWebBuilt((line) => console.log(line));
      const { runSwitchboard } = await import('../../src/main.ts');
      await runSwitchboard({ demo: options.demo, mode: options.mode });
    });
}
