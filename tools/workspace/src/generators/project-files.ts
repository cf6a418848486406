/** What every generated project has in common. */
import path from 'node:path';
import { formatFiles, generateFiles, names, offsetFromRoot, type Tree, workspaceRoot } from '@nx/devkit';

export interface ProjectShape {
  /** nx project, and npm name without the scope. */
  readonly name: string;
  /** Folder relative to the workspace root. */
  readonly root: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** npm packages and their ranges. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly targets: Readonly<Record<string, object>>;
  readonly kind: 'app' | 'lib';
}

/** Options every generator takes. */
export interface CommonOptions {
  readonly description: string;
  /** Leaves the files as the templates give them. Default: false. */
  readonly skipFormat?: boolean;
}

const templateFolder = path.join(workspaceRoot, 'tools/workspace/templates');

/** Writes the project's files. Throws when the folder is taken already. */
export async function writeProject(tree: Tree, shape: ProjectShape, { skipFormat }: CommonOptions): Promise<void> {
  if (tree.exists(`${shape.root}/package.json`)) throw new Error(`There is a project at ${shape.root} already.`);
  const values = {
    ...shape,
    className: names(shape.name).className,
    constantName: names(shape.name).constantName,
    toRoot: offsetFromRoot(shape.root).replace(/\/$/, ''),
  };
  generateFiles(tree, path.join(templateFolder, 'project'), shape.root, values);
  generateFiles(tree, path.join(templateFolder, shape.kind), shape.root, values);
  if (!skipFormat) await formatFiles(tree);
}

/** What a person still has to do, as nx prints it after the files were written. */
export function nextSteps(shape: ProjectShape): () => void {
  return () =>
    console.log(
      `\nNext: npm install, npx nx sync, and the arrow of ${shape.name} in tools/workspace/module-boundaries.mjs.`,
    );
}
