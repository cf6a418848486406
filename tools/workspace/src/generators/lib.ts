/** `nx g @hybridge/workspace:lib sink/kinesis --tech aws`: a library with the shared anatomy. */
import type { Tree } from '@nx/devkit';
import { type CommonOptions, nextSteps, type ProjectShape, writeProject } from './project-files.ts';

export interface LibOptions extends CommonOptions {
  /** `<area>`, or `<area>/<tech>` for an adapter. */
  readonly path: string;
  readonly tech?: 'kafka' | 'aws' | 'sql';
}

export default async function generateLib(tree: Tree, options: LibOptions): Promise<() => void> {
  const shape = shapeOf(options);
  await writeProject(tree, shape, options);
  return nextSteps(shape);
}

function shapeOf({ path, description, tech }: LibOptions): ProjectShape {
  const name = path.replaceAll('/', '-');
  const [area] = path.split('/');
  return {
    kind: 'lib',
    name,
    root: `libs/${path}`,
    description,
    tags: [
      'type:lib',
      `area:${area}`,
      ...(path.includes('/') ? [`adapter:${name}`] : []),
      ...(tech === undefined ? [] : [`tech:${tech}`]),
    ],
    dependencies: {},
    targets: { lint: {}, typecheck: {}, test: {} },
  };
}
