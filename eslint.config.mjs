import { readFileSync } from 'node:fs';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Which room may import which other room and which package; test/unit/frame holds the bundles to the same table. */
const rooms = JSON.parse(readFileSync(new URL('./test/support/rooms.json', import.meta.url), 'utf8'));
const roomNames = Object.keys(rooms);
const guardedPackages = [...new Set(Object.values(rooms).flatMap((room) => room.packages))];

/** One config block a room: everything that the table does not allow is an error that names the rule. */
const roomRules = roomNames.map((name) => ({
  files: [`src/${name}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: ['**/extension'],
            message: 'extension.ts is the composition root; nothing imports it.',
          },
          ...roomNames
            .filter((other) => other !== name && !rooms[name].rooms.includes(other))
            .map((other) => ({
              group: [`../${other}/**`, `../../${other}/**`, `../../../${other}/**`],
              message: `src/${name} may not import src/${other} (test/support/rooms.json).`,
            })),
          ...guardedPackages
            .filter((name_) => !rooms[name].packages.includes(name_))
            .map((name_) => ({
              group: [name_, `${name_}/*`],
              message: `src/${name} may not import the package ${name_} (test/support/rooms.json).`,
            })),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'dist',
      'out',
      '.vscode-test',
      'test/fixtures',
      'src/server/validation/prover/assembly',
      'src/results/assembly',
    ],
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [
      eslint.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './src/webview/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier",
          message: "Write import * as z from 'zod': the bundler drops what is not used then.",
        },
      ],
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  ...roomRules,
  {
    // What is in the language server's and the sandbox's bundles, which run on a person's own Node, from 20 on.
    files: ['src/{util,shared,dialects,server,sandbox}/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['transfer', 'transferToFixedLength', 'withResolvers', 'fromAsync', 'groupBy', 'isSubsetOf'].map(
          (property) => ({ property, message: 'Node 20 does not have it.' }),
        ),
      ],
    },
  },
  {
    files: ['src/http/**/*.ts'],
    ignores: ['src/http/undiciTransport.ts', 'src/http/undici.d.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'undici', message: 'Only undiciTransport.ts talks to undici.' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
  {
    files: ['*.js', '*.mjs', 'test/**/*.mjs'],
    extends: [eslint.configs.recommended],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        performance: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
);
