/** Plants one violation of every lint rule of our own, in the place where it counts, and expects it to be found. */
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Texts are checked as if they stood in these files, which types need to be real. */
const SERVER = 'src/platform/errors.ts';
const MODULE = 'src/modules/auth/contract.ts';
const DATABASE = 'src/platform/db/tx.ts';
const BROWSER = 'web/app/main.tsx';
const TOOL = 'cli/switchboard.ts';
const CONFIGURATION = 'src/config.ts';

const environment = "export const port = process.env['PORT'];\n";
const rawSql = "declare const sql: { raw(text: string): string };\nexport const all = sql.raw('x');\n";
const print = "console.log('x');\nexport {};\n";
const request = "export const answer = fetch('https://example.org');\n";

const REFUSED: [rule: string, file: string, text: string][] = [
  ['no-restricted-properties', SERVER, environment],
  ['no-restricted-properties', MODULE, environment],
  ['no-restricted-syntax', MODULE, rawSql],
  ['no-restricted-syntax', SERVER, 'export default 1;\n'],
  ['no-restricted-syntax', BROWSER, "export const p = <p dangerouslySetInnerHTML={{ __html: '' }} />;\n"],
  ['no-restricted-globals', MODULE, request],
  [
    '@typescript-eslint/no-restricted-imports',
    MODULE,
    "import { request } from 'undici';\nexport const r = request;\n",
  ],
  ['no-console', SERVER, print],
  ['no-console', BROWSER, print],
  ['@typescript-eslint/no-explicit-any', MODULE, 'export const x = (y: any): void => void y;\n'],
  ['@typescript-eslint/no-floating-promises', MODULE, 'Promise.resolve(1);\nexport {};\n'],
  [
    'house/explained-disables',
    SERVER,
    '// eslint-disable-next-line no-console\nconsole.log(1);\nexport {};\n',
  ],
  ['@typescript-eslint/ban-ts-comment', SERVER, '// @ts-ignore\nexport const x = 1;\n'],
  [
    'react-hooks/rules-of-hooks',
    BROWSER,
    "import { useId } from 'react';\nexport const f = (on: boolean) => (on ? useId() : '');\n",
  ],
  ['max-params', SERVER, 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];\n'],
];

const ALLOWED: [file: string, text: string][] = [
  [CONFIGURATION, environment],
  [TOOL, environment],
  [TOOL, print],
  [DATABASE, rawSql],
  [
    SERVER,
    "// eslint-disable-next-line no-console -- the log itself is broken here\nconsole.log('x');\nexport {};\n",
  ],
];

describe('the linter', () => {
  let eslint: ESLint;
  beforeAll(async () => {
    eslint = new ESLint({ cwd: root });
    // Loading the types of both programs takes a while, once.
    await Promise.all([SERVER, BROWSER].map((file) => rulesBroken(file, 'export {};\n')));
  }, 120_000);

  async function rulesBroken(file: string, text: string): Promise<(string | null)[]> {
    const results = await eslint.lintText(text, { filePath: file });
    return results.flatMap((result) => result.messages.map((message) => message.ruleId ?? message.message));
  }

  it.each(REFUSED)('holds %s in %s', async (rule, file, text) => {
    expect(await rulesBroken(file, text)).toContain(rule);
  });

  it.each(ALLOWED)('leaves %s alone', async (file, text) => {
    expect(await rulesBroken(file, text)).toEqual([]);
  });
});
