import { heapFlags, shopOnly } from '@hybridge/local-stack';
import { nodeArguments, repositoryPath } from '../programs.ts';
import type { Program, ProgramContext } from './contender.ts';

/** Eager views read SQL only to fill a fence, which no event here raises: nothing listens on this port. */
const NO_SQL = 'postgres://none:none@127.0.0.1:9/none';

/**
 * The real process, as it is deployed, with its default settings.
 * @param firstLoad `PROJECTOR_FIRST_LOAD`
 */
export function projector({ topic, target }: ProgramContext, firstLoad: 'ordinary' | 'bulk' = 'ordinary'): Program {
  const groupId = `projector-${firstLoad}`; // each reads the topic from its beginning
  return {
    file: process.execPath,
    args: [...(heapFlags.projector ?? []), ...nodeArguments(repositoryPath('apps/projector/src/main.ts'))],
    groupId,
    opensTable: true,
    environment: {
      ...shopOnly().env,
      AWS_ACCESS_KEY_ID: target.endpoints.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: target.endpoints.credentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      PROJECTOR_KAFKA_BROKERS: topic.brokers.join(','),
      PROJECTOR_KAFKA_GROUP_ID: groupId,
      PROJECTOR_TOPIC_PREFIX: topic.prefix,
      PROJECTOR_DYNAMODB_ENDPOINT: target.endpoints.dynamodb.endpoint,
      PROJECTOR_TABLE_NAME: target.tableName,
      PROJECTOR_AWS_REGION: target.endpoints.region,
      PROJECTOR_SQL_URL: NO_SQL,
      PROJECTOR_FIRST_LOAD: firstLoad,
      PROJECTOR_PORT: '0',
      PROJECTOR_LOG_LEVEL: 'warn',
    },
  };
}
