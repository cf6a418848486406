/**
 * The three jest lanes of the whole repository, told apart by file name.
 *
 *   unit         *.spec.ts       no network, no processes
 *   integration  *.int.spec.ts   real parts, run in band; each file starts its own, on free ports
 *   e2e          *.e2e.spec.ts   the whole loop, run in band; each file starts its own, on free ports
 *
 * `*.type.spec.ts` belongs to no lane: `tsc --build` is its runner.
 *
 * Sources are transpiled in memory to CommonJS, so an ESM-only dependency cannot be loaded by a test, and neither can
 * a module with `import.meta` or top-level await.
 */
import { fileURLToPath } from 'node:url';

const workspaceRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** How long one test of a lane may take, in milliseconds. */
const testTimeoutsMs = { unit: 5_000, integration: 120_000, e2e: 600_000 };

const generatedFolders = ['/node_modules/', '/dist/', '/out-tsc/', '/\\.nx/', '/cdk\\.out/', '/coverage/'];

/**
 * @param {'unit' | 'integration' | 'e2e'} lane
 * @param {string[]} testMatch
 * @param {string[]} otherLanes Patterns of files that `testMatch` also catches but other lanes own.
 * @returns {import('jest').Config}
 */
function laneProject(lane, testMatch, otherLanes = []) {
  return {
    displayName: lane,
    rootDir: workspaceRoot,
    roots: ['apps', 'infra', 'libs', 'tools'].map((folder) => `${workspaceRoot}/${folder}`),
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['@hybridge/source', 'node', 'node-addons'] },
    globals: { laneTestTimeoutMs: testTimeoutsMs[lane] },
    setupFilesAfterEnv: [`${workspaceRoot}/tools/workspace/jest.setup.cjs`],
    testMatch,
    testPathIgnorePatterns: [...generatedFolders, ...otherLanes],
    modulePathIgnorePatterns: ['<rootDir>/(apps|infra|libs|tools)/.*/(dist|out-tsc)/', '<rootDir>/\\.nx/'],
    transformIgnorePatterns: ['/node_modules/'],
    transform: {
      '\\.ts$': [
        '@swc/jest',
        {
          swcrc: false,
          sourceMaps: 'inline',
          module: { type: 'commonjs' },
          jsc: { target: 'es2023', parser: { syntax: 'typescript' }, keepClassNames: true },
        },
      ],
    },
    moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
    restoreMocks: true,
  };
}

/** @type {import('jest').Config} */
export default {
  rootDir: workspaceRoot,
  projects: [
    laneProject('unit', ['**/*.spec.ts'], ['\\.int\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$', '\\.type\\.spec\\.ts$']),
    laneProject('integration', ['**/*.int.spec.ts']),
    laneProject('e2e', ['**/*.e2e.spec.ts']),
  ],
};
