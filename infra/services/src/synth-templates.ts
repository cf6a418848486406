import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHybridgeApp, type HybridgeAppOptions } from './hybridge-app.ts';

/** A CloudFormation template, as far as it is read here. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly [section: string]: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

/** Stack name → template. */
export type Templates = Readonly<Record<string, Template>>;

/**
 * Synthesises every stack in this process, without network and without leaving files behind. Warnings of the CDK about
 * them are left to `cdk synth` and `cdk deploy`.
 */
export function synthTemplates(options: Omit<HybridgeAppOptions, 'outdir' | 'warns'> = {}): Templates {
  const outdir = mkdtempSync(join(tmpdir(), 'hybridge-cdk-'));
  try {
    const { stacks } = createHybridgeApp({ ...options, outdir, warns: false }).synth();
    return Object.fromEntries(stacks.map((stack) => [stack.stackName, stack.template as Template]));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
