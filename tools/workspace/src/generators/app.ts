/** `nx g @hybridge/workspace:app archiver`: an app with the shared anatomy. */
import type { Tree } from '@nx/devkit';
import { appDockerfile } from './app-dockerfile.ts';
import { type CommonOptions, nextSteps, type ProjectShape, writeProject } from './project-files.ts';

export interface AppOptions extends CommonOptions {
  readonly name: string;
}

const zodRange = '^4.6.7';

export default async function generateApp(tree: Tree, options: AppOptions): Promise<() => void> {
  const { name, description } = options;
  const shape: ProjectShape = {
    kind: 'app',
    name,
    root: `apps/${name}`,
    description,
    tags: ['type:app', `app:${name}`],
    dependencies: { '@hybridge/runtime': '*', zod: zodRange },
    targets: { lint: {}, typecheck: {}, test: {}, bundle: {} },
  };
  await writeProject(tree, shape, options);
  tree.write(`${shape.root}/Dockerfile`, appDockerfile(name));
  return nextSteps(shape);
}
