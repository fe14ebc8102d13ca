/** Plants one violation of every rule of the architecture in an empty tree, and expects exactly these to be found. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODULES } from '../.dependency-cruiser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tree = mkdtempSync(join(tmpdir(), 'switchboard-order-'));
const FOLDERS = ['src', 'simulator', 'cli', 'web', 'test', 'bench'];

type Planted = { rule: string; from: string; to: string; typeOnly?: boolean };

const upward = MODULES.slice(0, -1).map((name, index) => ({
  rule: `${name}-imports-only-what-stands-before-it`,
  from: `src/modules/${name}/reach-up.ts`,
  to: `src/modules/${MODULES[index + 1] ?? ''}/contract.ts`,
  // Even a type is knowledge of what stands above.
  typeOnly: index % 2 === 0,
}));
const privateFiles = MODULES.map((name) => ({
  rule: `${name}-keeps-its-private-files`,
  from: `cli/peek-${name}.ts`,
  to: `src/modules/${name}/queries.ts`,
}));
const otherPrivateFiles = ['rules', 'routes', 'jobs', 'queries-by-day', 'queries/agents'].map((file) => ({
  rule: 'auth-keeps-its-private-files',
  from: 'src/modules/admin/peek.ts',
  to: `src/modules/auth/${file}.ts`,
}));

const VIOLATIONS: Planted[] = [
  ...upward,
  ...privateFiles,
  ...otherPrivateFiles,
  { rule: 'no-module-outside-the-order', from: 'src/routes.ts', to: 'src/modules/extras/contract.ts' },
  {
    rule: 'platform-knows-nothing-of-the-product',
    from: 'src/platform/a.ts',
    to: 'src/modules/auth/contract.ts',
  },
  { rule: 'platform-knows-nothing-of-the-product', from: 'src/platform/b.ts', to: 'src/graph-api/client.ts' },
  {
    rule: 'platform-knows-nothing-of-the-product',
    from: 'src/platform/c.ts',
    to: 'src/app.ts',
    typeOnly: true,
  },
  { rule: 'graph-api-stands-alone', from: 'src/graph-api/a.ts', to: 'src/modules/auth/contract.ts' },
  { rule: 'graph-api-stands-alone', from: 'src/graph-api/b.ts', to: 'src/app.ts', typeOnly: true },
  { rule: 'graph-api-stands-alone', from: 'src/graph-api/c.ts', to: 'src/platform/errors.ts' },
  { rule: 'modules-do-not-reach-up-to-the-process', from: 'src/modules/admin/a.ts', to: 'src/routes.ts' },
  { rule: 'modules-know-the-process-as-a-type', from: 'src/modules/admin/b.ts', to: 'src/app.ts' },
  { rule: 'web-imports-only-contracts', from: 'web/a.tsx', to: 'src/modules/auth/sign-in.ts' },
  { rule: 'web-imports-only-contracts', from: 'web/b.tsx', to: 'src/platform/errors.ts', typeOnly: true },
  { rule: 'contracts-do-no-io', from: 'src/modules/crm/contract.ts', to: 'src/platform/a-clock.ts' },
  { rule: 'server-does-not-import-the-browser-app', from: 'src/main.ts', to: 'web/c.tsx' },
  {
    rule: 'simulator-knows-only-the-wire',
    from: 'simulator/a.ts',
    to: 'src/platform/errors.ts',
    typeOnly: true,
  },
  {
    rule: 'only-the-composition-and-the-demo-know-the-simulator',
    from: 'src/modules/waba/a.ts',
    to: 'simulator/index.ts',
  },
  { rule: 'no-runtime-cycles', from: 'src/platform/circle-a.ts', to: 'src/platform/circle-b.ts' },
  { rule: 'only-tests-import-tests', from: 'src/jobs.ts', to: 'test/harness/clock.ts' },
  { rule: 'only-tests-import-tests', from: 'cli/a.ts', to: 'src/platform/b.fixture.ts' },
  {
    rule: 'server-uses-no-development-dependency',
    from: 'src/platform/d.ts',
    to: 'node_modules/only-for-tests/index.js',
  },
];

const ALLOWED: Omit<Planted, 'rule'>[] = [
  // Closes the circle, which is reported once.
  { from: 'src/platform/circle-b.ts', to: 'src/platform/circle-a.ts' },
  ...MODULES.slice(1).map((name, index) => ({
    from: `src/modules/${name}/use-lower.ts`,
    to: `src/modules/${MODULES[index] ?? ''}/assign-it.ts`,
  })),
  ...MODULES.map((name) => ({ from: 'src/routes.ts', to: `src/modules/${name}/routes.ts` })),
  { from: 'src/modules/auth/sign-in.ts', to: 'src/modules/auth/queries.ts' },
  { from: 'src/modules/admin/c.ts', to: 'src/app.ts', typeOnly: true },
  { from: 'src/app.ts', to: 'simulator/index.ts' },
  { from: 'src/web-server.ts', to: 'src/modules/auth/rules.ts' },
  { from: 'src/modules/crm/contract.ts', to: 'src/platform/errors.ts' },
  { from: 'web/c.tsx', to: 'src/modules/inbound/contract.ts' },
  { from: 'src/modules/outbound/contract.ts', to: 'src/modules/auth/contract.ts' },
  { from: 'src/platform/type-a.ts', to: 'src/platform/type-b.ts', typeOnly: true },
  { from: 'src/platform/type-b.ts', to: 'src/platform/type-a.ts' },
  { from: 'src/platform/a.test.ts', to: 'test/harness/clock.ts' },
  { from: 'src/platform/a.test.ts', to: 'node_modules/only-for-tests/index.js' },
  { from: 'test/flows/a.test.ts', to: 'src/modules/auth/queries.ts' },
];

/** Writes every file that is imported or imports, with its imports. */
function plant(imports: Omit<Planted, 'rule'>[]): void {
  const texts = new Map<string, string>(imports.map(({ to }) => [to, '']));
  for (const { from, to, typeOnly } of imports) {
    const path = relative(dirname(from), to);
    const specifier = to.startsWith('node_modules/')
      ? to.split('/')[1]
      : path.startsWith('.')
        ? path
        : `./${path}`;
    const line = `${typeOnly ? 'import type' : 'import'} * as x${String(texts.get(from)?.length ?? 0)} from '${specifier ?? ''}';\n`;
    texts.set(from, `${texts.get(from) ?? ''}${line}`);
  }
  for (const [path, text] of texts) write(path, `${text}export const here = 1;\n`);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

async function findViolations(): Promise<string[]> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const options = ['--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', ...FOLDERS];
  const output = await new Promise<string>((resolve) => {
    // It ends with the number of violations: the output says more.
    execFile(process.execPath, [program, ...options], { cwd: tree, maxBuffer: 64e6 }, (_error, stdout) => {
      resolve(stdout);
    });
  });
  const { summary } = JSON.parse(output) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

describe('the architecture', () => {
  let found: string[];
  beforeAll(async () => {
    for (const folder of FOLDERS) write(`${folder}/placeholder.ts`, 'export {};\n');
    write(
      'package.json',
      JSON.stringify({ name: 'planted', type: 'module', devDependencies: { 'only-for-tests': '1.0.0' } }),
    );
    write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: { module: 'nodenext', allowImportingTsExtensions: true, noEmit: true },
      }),
    );
    write(
      'node_modules/only-for-tests/package.json',
      JSON.stringify({ name: 'only-for-tests', version: '1.0.0', main: 'index.js' }),
    );
    plant([...VIOLATIONS, ...ALLOWED]);
    write('web/d.tsx', "import './missing.ts';\n");
    found = await findViolations();
  });
  afterAll(() => {
    rmSync(tree, { recursive: true, force: true });
  });

  it.each(VIOLATIONS)('$rule: refuses $from → $to', ({ rule, from, to }) => {
    expect(found).toContain(`${rule}: ${from} → ${to}`);
  });

  it('refuses an import of what does not exist', () => {
    expect(found).toContain('no-unresolvable-import: web/d.tsx → ./missing.ts');
  });

  it('refuses nothing else', () => {
    const planted = VIOLATIONS.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`);
    const others = found.filter(
      (violation) => !planted.includes(violation) && !violation.includes('./missing.ts'),
    );
    expect(others).toEqual([]);
  });
});
