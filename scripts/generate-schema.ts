/**
 * `npm run generate`: writes what follows from the migrations: db/schema.sql and a diagram for reviewers, the table types for Kysely.
 * `--check` writes nothing and fails when they are stale.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { prepareTemplate } from '../test/harness/template.ts';
import { startThrowawayServer } from '../test/harness/throwaway-server.ts';
import { describeSchema } from './describe-schema.ts';
import { drawSchema } from './draw-schema.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const CODEGEN = path.join(ROOT, 'node_modules/kysely-codegen/dist/cli/bin.js');

async function generateTypes(adminUrl: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'switchboard-types-'));
  const file = path.join(directory, 'database.ts');
  try {
    await promisify(execFile)(process.execPath, [
      CODEGEN,
      ...['--dialect', 'postgres', '--url', adminUrl, '--out-file', file, '--log-level', 'error'],
      ...[
        '--type-mapping',
        '{"int8":"number"}',
        '--exclude-pattern',
        '{switchboard_migrations,app,pgboss}.*',
      ],
    ]);
    return await readFile(file, 'utf8');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function generate(): Promise<Map<string, string>> {
  const server = await startThrowawayServer();
  try {
    await prepareTemplate(server.adminUrl);
    const client = new pg.Client({ connectionString: server.adminUrl });
    await client.connect();
    const schema = await describeSchema(client);
    const diagram = await drawSchema(client);
    await client.end();
    return new Map([
      ['db/schema.sql', schema],
      ['docs/data-model-diagram.md', diagram],
      ['src/platform/db/generated/database.ts', await generateTypes(server.adminUrl)],
    ]);
  } finally {
    await server.remove();
  }
}

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const [file, text] of await generate()) {
  const target = path.join(ROOT, file);
  if ((await readFile(target, 'utf8').catch(() => '')) === text) continue;
  stale.push(file);
  if (!isCheck) await writeFile(target, text);
}
if (stale.length > 0)
  console.log(`${isCheck ? 'Stale, run "npm run generate":' : 'Written:'} ${stale.join(', ')}`);
process.exitCode = isCheck && stale.length > 0 ? 1 : 0;
