/** `switchboard migrate`: brings the database to this version without serving. A running install may go on. */
import type { Command } from 'commander';

/** Adds the command. */
export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('Bring the database to this version. Starting the server does it too.')
    .action(async () => {
      const { withDatabase } = await import('../with-database.ts');
      const { migrateDatabase } = await import('../../src/main.ts');
      const print = (line: string) => console.log(line);
      await withDatabase((opened) => migrateDatabase(opened.adminUrl, { ...opened, print }));
      console.log('The database is up to date.');
    });
}
