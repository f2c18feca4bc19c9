import neostandard from 'neostandard'
import { plugins } from 'neostandard'

const noWallClock = [
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: 'Time comes from the clock that is passed in.' },
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time comes from the clock that is passed in.' },
  { selector: 'CallExpression[callee.name=/^set(Timeout|Interval)$/]', message: 'State is computed from timestamps when it is read, rather than by timers.' },
  { selector: 'MemberExpression[object.name="performance"][property.name="now"]', message: 'Durations come from stopwatch() in core/clock.ts.' },
]

/** Forbidden imports, each with a message. */
const boundaries = (...patterns) => ['error', { patterns: patterns.map(([group, message]) => ({ group: [group].flat(), message })) }]

const dynalite = [['dynalite', 'dynalite/*'], 'Only emulator/dynamodb/requests/dynalite.ts imports dynalite.']

export default [
  ...neostandard({ ts: true, ignores: ['dist/**', '.tap/**', '.test-build/**', 'coverage/**'] }),
  ...plugins['typescript-eslint'].configs.recommendedTypeCheckedOnly.map((config) => ({ ...config, files: ['**/*.ts', '**/*.tsx'] })),
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-void': ['error', { allowAsStatement: true }],
      // A function may be async because its interface is, without an await in it.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.test.ts'],
    rules: {
      // tap's subtests are awaited by their parent.
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
  {
    files: ['server/**/*.ts', 'emulator/**/*.ts'],
    ignores: ['**/core/clock.ts', '**/*.test.ts', '**/test-support/**'],
    rules: { 'no-restricted-syntax': ['error', ...noWallClock] },
  },
  {
    files: ['emulator/**/*.ts'],
    ignores: ['emulator/dynamodb/requests/dynalite.ts'],
    rules: { 'no-restricted-imports': boundaries(dynalite, ['**/server/**', 'The emulator does not import the server.']) },
  },
  {
    files: ['server/**/*.ts'],
    ignores: ['server/aws/embedded.ts', '**/*.test.ts', '**/test-support/**'],
    rules: { 'no-restricted-imports': boundaries(dynalite, ['**/emulator/**', 'The server imports the emulator in server/aws/embedded.ts alone.']) },
  },
  {
    files: ['console/**/*.ts', 'console/**/*.tsx'],
    rules: {
      'no-restricted-imports': boundaries(dynalite, [['**/server/**', '**/emulator/**'], 'The console talks to the emulator as any client does.']),
      // Data is text: nothing of it may become markup.
      'no-restricted-syntax': ['error',
        { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'Data is rendered as text.' },
        { selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]', message: 'Data is rendered as text.' },
      ],
    },
  },
  {
    files: ['cost/**/*.ts'],
    rules: { 'no-restricted-imports': boundaries(dynalite, [['**/server/**', '**/emulator/**', '**/scenarios/**'], 'Prices are arithmetic on numbers: they import nothing of the others.']) },
  },
  {
    files: ['http/**/*.ts'],
    rules: { 'no-restricted-imports': boundaries(dynalite, [['**/server/**', '**/emulator/**'], 'The code that both servers share imports neither.']) },
  },
  {
    files: ['scenarios/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'no-restricted-imports': boundaries(dynalite,
        [['**/repository.ts', '**/routes.ts', '**/service.ts'], 'Scenarios and benchmarks drive the server over HTTP.']),
    },
  },
]
