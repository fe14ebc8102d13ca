/**
 * The architecture. The list below is the order of the product's modules: each imports only what stands before it. All rules
 * follow from it and are proven by scripts/architecture.test.ts.
 */

/** Lowest first. */
export const MODULES = [
  'organizations',
  'auth',
  'people',
  'credentials',
  'waba',
  'crm',
  'rentals',
  'routing',
  'media',
  'conversations',
  'outbound',
  'inbound',
  'admin',
];

/** What a module keeps to itself: its SQL, its routes, its jobs, its pure decisions. */
const PRIVATE_FILES = '(queries|routes|jobs|rules)[^/]*\\.ts$';

/** The files that put the process together stand directly in src. */
const COMPOSITION = '^src/[^/]+\\.ts$';

const TESTS = '(\\.(test|fixture)\\.tsx?$|^test/)';

/** @param {string} name */
const modulePath = (name) => `^src/modules/${name}/`;

const downward = MODULES.slice(0, -1).map((name, index) => ({
  name: `${name}-imports-only-what-stands-before-it`,
  comment: `Call down, go up by event or job. Wanting a cycle means that the order is wrong: move the wall.`,
  severity: 'error',
  from: { path: modulePath(name) },
  to: { path: `^src/modules/(${MODULES.slice(index + 1).join('|')})/` },
}));

const privateFiles = MODULES.map((name) => ({
  name: `${name}-keeps-its-private-files`,
  comment:
    'From another module one imports its contract and its use cases, so that its tables can change alone.',
  severity: 'error',
  from: { path: '^(src|cli|bench)/', pathNot: [modulePath(name), COMPOSITION, TESTS] },
  to: { path: [`${modulePath(name)}${PRIVATE_FILES}`, `${modulePath(name)}(queries|routes|jobs|rules)/`] },
}));

export default {
  forbidden: [
    ...downward,
    ...privateFiles,
    {
      name: 'no-module-outside-the-order',
      comment: 'A new module needs its place in the list of this file.',
      severity: 'error',
      from: {},
      to: { path: '^src/modules/', pathNot: `^src/modules/(${MODULES.join('|')})/` },
    },
    {
      name: 'platform-knows-nothing-of-the-product',
      comment: 'src/platform is what any server needs. What a module wants from it, it passes in.',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: TESTS },
      to: { path: ['^src/(modules|graph-api)/', COMPOSITION] },
    },
    {
      name: 'graph-api-stands-alone',
      comment: "The client of Meta's API is usable elsewhere, unchanged.",
      severity: 'error',
      from: { path: '^src/graph-api/', pathNot: TESTS },
      to: { path: '^src/', pathNot: '^src/graph-api/' },
    },
    {
      name: 'modules-do-not-reach-up-to-the-process',
      comment: 'The composition root knows the modules, never the other way round.',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: TESTS },
      to: { path: COMPOSITION, pathNot: '^src/(app|config)\\.ts$' },
    },
    {
      name: 'modules-know-the-process-as-a-type',
      comment: 'They are handed an App; importing its code would make a cycle.',
      severity: 'error',
      from: { path: '^src/(modules|platform)/', pathNot: TESTS },
      to: { path: '^src/app\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'web-imports-only-contracts',
      comment: 'Schemas and types cross to the browser; code of the server does not.',
      severity: 'error',
      from: { path: '^web/', pathNot: TESTS },
      to: { path: '^(src|simulator|cli|scripts)/', pathNot: '^src/modules/[^/]+/contract[^/]*\\.ts$' },
    },
    {
      name: 'contracts-do-no-io',
      comment:
        'A contract is loaded by the browser too: other contracts, the error type and typebox are all it may need.',
      severity: 'error',
      from: { path: '^src/modules/[^/]+/contract[^/]*\\.ts$' },
      to: {
        pathNot: ['/contract[^/]*\\.ts$', '^src/platform/errors\\.ts$', '^node_modules/typebox/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'server-does-not-import-the-browser-app',
      severity: 'error',
      from: { path: '^(src|simulator)/' },
      to: { path: '^web/' },
    },
    {
      name: 'simulator-knows-only-the-wire',
      comment:
        'It plays Meta: what it shares with the server are HTTP and signatures, or its tests would prove nothing.',
      severity: 'error',
      from: { path: '^simulator/', pathNot: TESTS },
      to: { path: '^(src|cli|scripts|test|bench)/' },
    },
    {
      name: 'only-the-composition-and-the-demo-know-the-simulator',
      severity: 'error',
      from: { path: '^src/', pathNot: [COMPOSITION, '^src/demo/', TESTS] },
      to: { path: '^simulator/' },
    },
    {
      name: 'no-runtime-cycles',
      comment: 'Types may refer to each other; code that runs may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-tests-import-tests',
      severity: 'error',
      from: { pathNot: [TESTS, '^(bench|scripts)/'] },
      to: { path: TESTS },
    },
    {
      name: 'server-uses-no-development-dependency',
      severity: 'error',
      from: { path: '^(src|simulator|cli|web)/', pathNot: [TESTS, 'vite\\.config\\.ts$'] },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/@types/',
      },
    },
    {
      name: 'no-unresolvable-import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['\\.(css|svg)$', '\\?'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|data|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    moduleSystems: ['es6', 'cjs'],
    skipAnalysisNotInRules: true,
  },
};
