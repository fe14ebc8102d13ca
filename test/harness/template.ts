/** Fills the database that every test file's own is copied from, with the same migration that a start runs. */
import { migrate } from '../../src/platform/db/migrate.ts';
import { installJobQueue } from '../../src/platform/queue/install-job-queue.ts';
import { TEST_PASSWORDS } from './secrets.ts';

/** @param adminUrl the template database, as a role that may create roles and schemas */
export async function prepareTemplate(adminUrl: string): Promise<void> {
  await migrate({
    adminUrl,
    passwords: TEST_PASSWORDS,
    settings: { agent_tables_limit: '1000' },
    install: [installJobQueue],
  });
}
