/**
 * The arrows of the architecture, as constraints of `@nx/enforce-module-boundaries`.
 *
 * Every project carries `type:*` and either `area:*` (libs, infra, tools) or `app:*`; adapters also carry
 * `adapter:*` and `tech:*`. An import has to satisfy every constraint whose tag the importing project carries.
 *
 * Tags belong to projects, not to files: that only tests may import the test kit is a second rule in
 * `eslint.config.mjs`.
 */

const clients = {
  kafka: ['kafkajs'],
  aws: ['@aws-sdk/*', '@smithy/*'],
  sql: ['pg', 'pg-*', 'mysql2', 'mysql2/*'],
};

/** The npm clients that may be imported only where their technology is adapted. */
const everyClient = Object.values(clients).flat();

/** The libs below the test kit: they cannot use it, as it is built on them. */
const foundations = {
  contracts: [],
  protocol: [],
  views: ['contracts', 'protocol'],
};

const adapterFoundations = ['contracts', 'protocol', 'views', 'runtime', 'observability', 'testkit'];

/** What the libs of each area may depend on. */
const libAreas = {
  ...foundations,
  observability: ['testkit'],
  runtime: ['observability', 'testkit'],
  definitions: ['contracts', 'views', 'testkit'],
  setup: ['views', 'testkit'],
  source: adapterFoundations,
  sink: [...adapterFoundations, 'reader'], // a store that writes on conditions also reads
  reader: adapterFoundations,
  sdk: [...adapterFoundations, 'reader', 'sink'],
  verify: [...adapterFoundations, 'reader'],
  testkit: Object.keys(foundations),
};

/** The areas every app may use: the vocabulary, the pure core, the machinery of a process. */
const appFoundations = [...adapterFoundations, 'definitions'];

/** The arrow each app implements. */
const appAdapters = {
  projector: ['source-kafka', 'sink-dynamodb', 'reader-sql'],
  'stream-pipe': ['source-dynamodb-stream', 'sink-eventbridge'],
  writeback: ['source-sqs', 'sink-sql', 'reader-dynamodb'],
  'view-api': ['sdk', 'reader-dynamodb', 'reader-sql', 'sink-dynamodb'],
  inspector: ['verify', 'reader-dynamodb', 'reader-sql', 'sink-eventbridge'],
  cli: [
    ...['setup', 'verify', 'reader-dynamodb', 'reader-sql', 'reader-schema', 'sink-dynamodb'],
    ...['source-kafka', 'source-sqs', 'sink-eventbridge'], // doctor asks them how they are set up
  ],
};

/** Libs above the adapters, which apps depend on by area. */
const composedAreas = ['sdk', 'setup', 'verify'];

const infraAreas = {
  sql: ['definitions', 'setup', 'views', 'testkit'],
  connect: ['definitions', 'setup', 'views', 'testkit'],
  platform: ['contracts', 'protocol', 'setup', 'testkit'],
  services: ['contracts', 'definitions', 'views', 'platform', 'testkit'],
};

const area = (name) => `area:${name}`;

/** @param {string} tech The key of `clients` whose packages stay allowed. */
const clientsOtherThan = (tech) =>
  Object.entries(clients).flatMap(([name, packages]) => (name === tech ? [] : packages));

function areaConstraints(areas) {
  return Object.entries(areas).map(([name, allowed]) => ({
    sourceTag: area(name),
    onlyDependOnLibsWithTags: allowed.map(area),
  }));
}

const pureAreas = [
  'contracts',
  'protocol',
  'views',
  'observability',
  'runtime',
  'definitions',
  'setup',
  'sdk',
  'verify',
  'testkit',
];

const adapterTechs = Object.keys(clients);

const toolsWithoutApps = ['faults', 'load', 'local-stack', 'model', 'start', 'workspace'];

/** One table for the whole repository, in the order of the picture. */
export const depConstraints = [
  { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib'] },
  ...areaConstraints(libAreas),
  ...pureAreas.map((name) => ({ sourceTag: area(name), bannedExternalImports: everyClient })),
  ...adapterTechs.map((tech) => ({ sourceTag: `tech:${tech}`, bannedExternalImports: clientsOtherThan(tech) })),

  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib'], bannedExternalImports: everyClient },
  ...Object.entries(appAdapters).map(([name, adapters]) => ({
    sourceTag: `app:${name}`,
    onlyDependOnLibsWithTags: [
      ...appFoundations.map(area),
      ...adapters.map((adapter) => (composedAreas.includes(adapter) ? area(adapter) : `adapter:${adapter}`)),
    ],
  })),
  {
    sourceTag: 'type:e2e',
    onlyDependOnLibsWithTags: [
      'type:lib',
      'type:infra',
      'type:tool',
      'app:inspector',
      'app:cli',
      'app:projector',
      'app:writeback',
    ],
  },

  { sourceTag: 'type:infra', onlyDependOnLibsWithTags: ['type:lib', 'type:infra'] },
  ...areaConstraints(infraAreas),
  { sourceTag: area('sql'), bannedExternalImports: clientsOtherThan('sql') },
  ...['connect', 'platform', 'services'].map((name) => ({ sourceTag: area(name), bannedExternalImports: everyClient })),

  {
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: ['type:lib', 'type:infra', 'type:tool', 'app:inspector', 'app:projector'],
  },
  // Only the bench measures the engine of the projector without its process.
  ...toolsWithoutApps.map((name) => ({ sourceTag: area(name), notDependOnLibsWithTags: ['app:projector'] })),
];
