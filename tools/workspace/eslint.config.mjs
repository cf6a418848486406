/**
 * Lint rules of the whole repository. The arrows between projects are in `module-boundaries.mjs`.
 *
 * Run for everything: `eslint --config tools/workspace/eslint.config.mjs .`; for one project: `nx lint <project>`.
 */
import { fileURLToPath } from 'node:url';
import eslint from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { depConstraints } from './module-boundaries.mjs';

const workspaceRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * The boundary rule reads the project graph from nx's cache, and silently checks nothing where there is none. A task of
 * nx has just computed it; anybody else does it here.
 */
if (!process.env.NX_TASK_TARGET_PROJECT) await createProjectGraphAsync({ exitOnError: false });

const sources = ['**/*.ts', '**/*.mjs', '**/*.cjs', '**/*.js'];
const tests = ['**/*.spec.ts', '**/*.features.ts'];

/** Places that are written for tests, or that never serve a customer: they may use the test kit. */
const testProjects = ['libs/testkit/**', 'apps/loop-e2e/**', 'tools/**'];

/** The only places that may read the environment: configuration of the apps, and programs run by a person. */
const environmentReaders = ['**/config.ts', 'tools/**', 'infra/**', 'apps/loop-e2e/**', ...tests];

const exportAllBan = {
  selector: 'ExportAllDeclaration[exported=null]',
  message: 'List the exports by name, so that the public surface is visible.',
};

const enumBan = {
  selector: 'TSEnumDeclaration',
  message: 'Use a const object with a union type of the same name.',
};

export default tseslint.config(
  {
    ignores: ['**/node_modules/**', '**/dist/**', '**/out-tsc/**', '.nx/**', '**/cdk.out/**', '**/coverage/**'],
  },
  { files: sources, ...eslint.configs.recommended },
  ...tseslint.configs.recommended.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: sources,
    plugins: { '@nx': nx },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { enforceBuildableLibDependency: false, allow: [], depConstraints }],
      'no-restricted-syntax': ['error', exportAllBan, enumBan],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      complexity: ['error', { max: 12, variant: 'modified' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'off',
      'no-undef': 'off',
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: workspaceRoot } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: sources,
    ignores: [...tests, ...testProjects],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: '@hybridge/testkit', message: 'The test kit is for tests.' }],
          patterns: [{ group: ['@hybridge/testkit/*'], message: 'The test kit is for tests.' }],
        },
      ],
    },
  },
  {
    files: sources,
    ignores: environmentReaders,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' },
      ],
    },
  },
  {
    files: [...tests, 'libs/testkit/**'],
    rules: { complexity: 'off' },
  },
  {
    files: tests,
    rules: { 'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }] },
  },
);
