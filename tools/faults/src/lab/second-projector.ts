import { join } from 'node:path';
import { AppName, type Apps, startApps } from '@hybridge/local-stack';
import type { FaultLab } from './open-fault-lab.ts';

export interface SecondProjector {
  /** Of its log; default `second`. */
  readonly name?: string;
  /** Settings that are others than those of the first. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A further projector, of the same group unless its settings say otherwise; not started yet. */
export function secondProjector(
  { loop, env, crashes }: FaultLab,
  { name = 'second', env: others = {} }: SecondProjector = {},
): Promise<Apps> {
  const { aws, sources } = loop.provisioned;
  const { queueUrl, tableName } = aws;
  return startApps({
    apps: [AppName.projector],
    deferred: true,
    endpoints: loop.stack.endpoints,
    provisioned: { queueUrl, tableName, sources },
    logDir: join(loop.logDir, name),
    env: { ...env, ...others },
    onCrash: (crash) => crashes.push(crash),
  });
}
