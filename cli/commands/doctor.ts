/** `switchboard doctor`: what keeps this install or one of its accounts from working, with what to do. Ends with 1 when something does. */
import process from 'node:process';
import type { Command } from 'commander';
import type { ExaminedAccount } from '../../src/modules/waba/examine-install.ts';

type Found = {
  check: string;
  severity: 'good' | 'info' | 'warning' | 'critical';
  title: string;
  detail: string;
  what_to_do: string | null;
};
type Diagnosis = { healthy: boolean; install: Found[]; accounts: ExaminedAccount[] };

const MARKS = { good: '✓', info: '·', warning: '!', critical: '✗' } as const;

function brokenDatabase(error: unknown): Found {
  return {
    check: 'database',
    severity: 'critical',
    title: 'The database cannot be used',
    detail: error instanceof Error ? error.message || error.name : String(error),
    what_to_do: 'Start the database and check DATABASE_URL. "npx switchboard migrate" brings it up to date.',
  };
}

const soundDatabase: Found = {
  check: 'database',
  severity: 'good',
  title: 'The database is there and up to date',
  detail: 'Every migration of this version is applied.',
  what_to_do: null,
};

async function examine(onProgress: (done: number, all: number) => void): Promise<Diagnosis> {
  const { withApp } = await import('../with-database.ts');
  const { checkMigrated } = await import('../../src/platform/db/migrate.ts');
  const { examineAccounts, examineAddress } = await import('../../src/modules/waba/examine-install.ts');
  const install: Found[] = [];
  let accounts: ExaminedAccount[] = [];
  try {
    await withApp(async (app) => {
      await checkMigrated(app.databases.web);
      install.push(soundDatabase, ...(await examineAddress(app)));
      accounts = await examineAccounts(app, onProgress);
    });
  } catch (error) {
    // A configuration that cannot be read is said as every command says it.
    if (error instanceof Error && error.name === 'ConfigError') throw error;
    install.push(brokenDatabase(error));
  }
  const all = [...install, ...accounts.flatMap((account) => account.findings)];
  return { healthy: all.every(({ severity }) => severity !== 'critical'), install, accounts };
}

function describe({ severity, title, detail, what_to_do: advice }: Found): string {
  const lines = [`  ${MARKS[severity]} ${title}`];
  if (severity !== 'good') lines.push(`      ${detail}`);
  if (advice !== null) lines.push(`      → ${advice}`);
  return lines.join('\n');
}

function print({ healthy, install, accounts }: Diagnosis): void {
  console.log(['This install', ...install.map(describe)].join('\n'));
  for (const account of accounts) {
    const name = account.name ?? account.waba_id;
    console.log(
      [
        `\n${name} (${account.waba_id}) of ${account.organization_id}`,
        ...account.findings.map(describe),
      ].join('\n'),
    );
  }
  if (accounts.length === 0) console.log('\nNo WhatsApp account is connected yet.');
  console.log(healthy ? '\nNothing is broken.' : '\nSomething does not work: see ✗ above.');
}

/** Adds the command. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Find out what keeps this install or one of its accounts from working.')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nEnds with 0 when nothing is broken, with 1 otherwise. Warnings do not count.')
    .action(async ({ json = false }: { json?: boolean }) => {
      const diagnosis = await examine((done, all) => {
        process.stderr.write(`Checking account ${String(done)} of ${String(all)} …\n`);
      });
      if (json) console.log(JSON.stringify(diagnosis, null, 2));
      else print(diagnosis);
      process.exitCode = diagnosis.healthy ? 0 : 1;
    });
}
