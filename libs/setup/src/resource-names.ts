/**
 * Physical names of everything in AWS. Stacks are given names instead of importing each other's resources, so that each
 * deploys, and rolls back, alone.
 */
export interface ResourceNames {
  readonly tableName: string;
  readonly checkpointTableName: string;
  readonly busName: string;
  /** Of the writeback; see `queueNameOf`. */
  readonly queueName: string;
  readonly deadLetterQueueName: string;
}

/** The queue of a source: with its name at the end where there are several. */
export const queueNameOf = (
  { queueName }: Pick<ResourceNames, 'queueName'>,
  source: string,
  sources: number,
): string => (sources === 1 ? queueName : `${queueName}-${source}`);

export const DEFAULT_NAMES: ResourceNames = {
  tableName: 'hybridge-views',
  checkpointTableName: 'hybridge-stream-pipe-checkpoints',
  busName: 'hybridge',
  queueName: 'hybridge-writeback',
  deadLetterQueueName: 'hybridge-writeback-dlq',
};
