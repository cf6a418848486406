import { catalog } from '@hybridge/definitions';
import { DEFAULT_NAMES, PlatformStack, type ResourceNames, type ViewTableIndex } from '@hybridge/infra-platform';
import { App, type AppProps, BootstraplessSynthesizer, type Environment, type IStackSynthesizer } from 'aws-cdk-lib';
import { InspectorStack } from './stacks/inspector-stack.ts';
import { ProjectorStack } from './stacks/projector-stack.ts';
import { StreamPipeStack } from './stacks/stream-pipe-stack.ts';
import { ViewApiStack } from './stacks/view-api-stack.ts';
import { type WritebackProps, WritebackStack } from './stacks/writeback-stack.ts';

export interface HybridgeAppOptions {
  /** Names that differ from the defaults. They go before the context `hybridge:<name>`, such as `hybridge:tableName`. */
  readonly names?: Partial<ResourceNames>;
  /** Source databases, with the names of their views; default those of `libs/definitions`. */
  readonly sources?: WritebackProps['sources'];
  /** Indexes of the view table; default those of the views in `libs/definitions`. */
  readonly indexes?: readonly ViewTableIndex[];
  /** Account and region; default those of the deploying credentials. */
  readonly env?: Environment;
  /** Where the cloud assembly is written. */
  readonly outdir?: string;
  /** Warns where a template breaks the CDK's rules for CloudFormation, which takes seconds to load. Default true. */
  readonly warns?: boolean;
}

/**
 * Every stack of Hybridge: the platform, and one for each app. They share names only, so each is changed and rolled back
 * alone; the platform comes first.
 */
export function createHybridgeApp({
  names = {},
  indexes = catalog.indexes,
  sources = sourcesOf(catalog),
  env,
  outdir,
  warns = true,
}: HybridgeAppOptions = {}): App {
  const settings: AppProps = {
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: warns,
  };
  const app = new App(outdir === undefined ? settings : { ...settings, outdir });
  const stack = { ...(env === undefined ? {} : { env }), tags: { application: 'hybridge' } };
  // No bootstrap stack is asked for: the templates hold no assets.
  const synthesizer = (): IStackSynthesizer => new BootstraplessSynthesizer() as IStackSynthesizer;
  const chosen = { ...DEFAULT_NAMES, ...namesFromContext(app), ...names };
  const platform = new PlatformStack(app, 'hybridge-platform', {
    ...stack,
    synthesizer: synthesizer(),
    names: chosen,
    indexes,
  });
  for (const [id, Service] of Object.entries(services)) {
    new Service(app, id, { ...stack, synthesizer: synthesizer(), names: chosen, sources }).addStackDependency(platform);
  }
  return app;
}

/** The sources of a catalog, with the names of their views. */
export const sourcesOf = ({ sources, views }: Pick<typeof catalog, 'sources' | 'views'>): WritebackProps['sources'] =>
  sources.map(({ name }) => ({
    name,
    views: views.filter(({ table }) => table.source.name === name).map((view) => view.name),
  }));

const services = {
  'hybridge-projector': ProjectorStack,
  'hybridge-stream-pipe': StreamPipeStack,
  'hybridge-writeback': WritebackStack,
  'hybridge-view-api': ViewApiStack,
  'hybridge-inspector': InspectorStack,
} as const;

function namesFromContext(app: App): Partial<ResourceNames> {
  const given = Object.keys(DEFAULT_NAMES).map((name) => [name, app.node.tryGetContext(`hybridge:${name}`)] as const);
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string'));
}
