import { join } from 'node:path';
import { AppName, type Apps, startApps } from '@hybridge/local-stack';
import type { FaultLab } from './open-fault-lab.ts';

/** A further projector of the same group, not started yet. */
export function secondProjector({ loop, proxy, crashes }: FaultLab): Promise<Apps> {
  const { queueUrl, tableName } = loop.provisioned.aws;
  return startApps({
    apps: [AppName.projector],
    deferred: true,
    endpoints: loop.stack.endpoints,
    provisioned: { queueUrl, tableName },
    logDir: join(loop.logDir, 'second'),
    env: { PROJECTOR_DYNAMODB_ENDPOINT: proxy.endpoint },
    onCrash: (crash) => crashes.push(crash),
  });
}
