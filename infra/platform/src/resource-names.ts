/**
 * Physical names of everything in AWS. Stacks are given names instead of importing each other's resources, so that each
 * deploys, and rolls back, alone.
 */
export interface ResourceNames {
  readonly tableName: string;
  readonly checkpointTableName: string;
  readonly busName: string;
  readonly queueName: string;
  readonly deadLetterQueueName: string;
}

export const DEFAULT_NAMES: ResourceNames = {
  tableName: 'hybridge-views',
  checkpointTableName: 'hybridge-stream-pipe-checkpoints',
  busName: 'hybridge',
  queueName: 'hybridge-writeback',
  deadLetterQueueName: 'hybridge-writeback-dlq',
};
