/** Lint rules. What types and the formatter already say is not said again; each rule of ours names the reason in its message. */
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/*.fixture.ts', 'test/**'];
const TOOLS = ['cli/**', 'scripts/**', 'bench/**', '.ci/**'];
const CONFIGURATION = [
  '*.config.{js,ts,mjs}',
  'web/*.config.ts',
  '.dependency-cruiser.mjs',
  'test/harness/{global-setup,*-reporter}.ts',
];

const NO_RAW_SQL = {
  selector: 'MemberExpression[object.name="sql"][property.name="raw"]',
  message: 'Bind values as parameters. Raw SQL is made in src/platform/db alone, from checked names.',
};
const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name, so that a thing has one name everywhere.',
};
const NO_RAW_HTML = {
  selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
  message: 'Customers write what we show: text nodes only.',
};
const NO_ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message: 'src/config.ts reads the environment, once. Take what you need from Config.',
};

/**
 * A rule that is switched off says why, behind two hyphens.
 * @type {import('eslint').Rule.RuleModule}
 */
const explainedDisables = {
  meta: { type: 'suggestion', schema: [] },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value)) {
          context.report({
            loc: comment.loc ?? { line: 1, column: 0 },
            message: 'Say why the rule is off: eslint-disable-… rule -- reason',
          });
        }
      }
    },
  }),
};

export default defineConfig(
  globalIgnores(['dist/', 'data/', 'coverage/', '.cache/', 'src/platform/db/generated*', 'web/public/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { house: { rules: { 'explained-disables': explainedDisables } } },
    rules: {
      'house/explained-disables': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'smart'],
      'no-restricted-properties': ['error', NO_ENVIRONMENT],
      'no-restricted-syntax': ['error', NO_RAW_SQL, NO_DEFAULT_EXPORT, NO_RAW_HTML],
      // Types are closed with `type`; `interface` is for what others extend.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      // Handlers and ports are async by contract, whether or not they wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `{}`-free code reads indexed values as T | undefined; a non-null `!` would undo that.
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/dot-notation': 'off',
      // Taste, where both ways are clear.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/prefer-optional-chain': 'off',
    },
  },
  {
    name: 'limits of size',
    files: ['src/**/*.ts', 'simulator/**/*.ts'],
    ignores: TESTS,
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      complexity: ['error', 20],
    },
  },
  {
    name: 'limits of functions',
    files: ['src/**/*.ts'],
    ignores: TESTS,
    rules: { 'max-lines-per-function': ['error', { max: 90, skipBlankLines: true, skipComments: true }] },
  },
  {
    name: 'a stand-in that takes what it is sent',
    files: ['simulator/**/*.ts'],
    rules: { '@typescript-eslint/no-base-to-string': 'off', '@typescript-eslint/no-dynamic-delete': 'off' },
  },
  {
    name: 'one way out',
    files: ['src/modules/**/*.ts'],
    ignores: TESTS,
    rules: {
      'no-restricted-globals': [
        'error',
        {
          name: 'fetch',
          message:
            'Calls to other hosts go through src/graph-api or src/platform, which check where they lead.',
        },
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            'undici',
            'http',
            'https',
            'node:http',
            'node:https',
            'node:http2',
            'node:net',
            'node:tls',
          ].map((name) => ({
            name,
            allowTypeImports: true,
            message:
              'Calls to other hosts go through src/graph-api or src/platform, which check where they lead.',
          })),
        },
      ],
    },
  },
  {
    name: 'raw SQL',
    files: ['src/platform/db/**'],
    rules: { 'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT] },
  },
  { name: 'the environment', files: ['src/config.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    name: 'tools that speak to a terminal',
    files: [...TOOLS, 'test/harness/**'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  {
    name: 'tests',
    files: TESTS,
    rules: {
      'no-restricted-properties': 'off',
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT],
      // Answers of servers are read as they come, and a wrong guess fails the test.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    name: 'the browser app',
    files: ['web/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      // The router redirects by throwing what is no error.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    name: 'configuration of tools',
    files: CONFIGURATION,
    rules: { 'no-restricted-syntax': 'off', 'no-restricted-properties': 'off' },
  },
  { name: 'plain JavaScript', files: ['**/*.{js,mjs,cjs}'], extends: [tseslint.configs.disableTypeChecked] },
);
