import { type Environment, parseConfig, setting } from '@hybridge/runtime';
import { MAX_ENTRY_BYTES, RAISED_MAX_ENTRY_BYTES } from '@hybridge/sink-eventbridge';
import { z } from 'zod';

const schema = z.object({
  STREAM_PIPE_AWS_REGION: setting.text().default('us-east-1'),
  STREAM_PIPE_DYNAMODB_ENDPOINT: setting.url().optional(),
  STREAM_PIPE_TABLE_NAME: setting.text().default('hybridge-views'),
  STREAM_PIPE_CHECKPOINT_TABLE_NAME: setting.text().default('hybridge-stream-pipe-checkpoints'),
  STREAM_PIPE_IDLE_POLL_MS: setting.milliseconds(1, 60_000).default(100),
  STREAM_PIPE_EVENTBRIDGE_ENDPOINT: setting.url().optional(),
  STREAM_PIPE_EVENT_BUS_NAME: setting.text().default('hybridge'),
  STREAM_PIPE_MAX_ENTRY_BYTES: setting.integer(1_024, RAISED_MAX_ENTRY_BYTES).default(MAX_ENTRY_BYTES),
  STREAM_PIPE_HOST: setting.text().default('127.0.0.1'),
  STREAM_PIPE_PORT: setting.port().default(9102),
  STREAM_PIPE_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** Settings of the app; every variable and default stands in the schema above. */
export interface StreamPipeConfig {
  readonly dynamodb: { readonly region: string; readonly endpoint?: string };
  readonly eventBridge: { readonly region: string; readonly endpoint?: string };
  readonly tableName: string;
  readonly checkpointTableName: string;
  readonly idlePollMs: number;
  readonly busName: string;
  readonly maxEntryBytes: number;
  readonly operations: { readonly host: string; readonly port: number };
  readonly logLevel: string;
}

/** @throws ConfigError listing every problem */
export function readConfig(environment: Environment = process.env): StreamPipeConfig {
  const given = parseConfig('stream-pipe', schema, environment);
  const region = given.STREAM_PIPE_AWS_REGION;
  return {
    dynamodb: at(region, given.STREAM_PIPE_DYNAMODB_ENDPOINT),
    eventBridge: at(region, given.STREAM_PIPE_EVENTBRIDGE_ENDPOINT),
    tableName: given.STREAM_PIPE_TABLE_NAME,
    checkpointTableName: given.STREAM_PIPE_CHECKPOINT_TABLE_NAME,
    idlePollMs: given.STREAM_PIPE_IDLE_POLL_MS,
    busName: given.STREAM_PIPE_EVENT_BUS_NAME,
    maxEntryBytes: given.STREAM_PIPE_MAX_ENTRY_BYTES,
    operations: { host: given.STREAM_PIPE_HOST, port: given.STREAM_PIPE_PORT },
    logLevel: given.STREAM_PIPE_LOG_LEVEL,
  };
}

const at = (region: string, endpoint: string | undefined): { region: string; endpoint?: string } =>
  endpoint === undefined ? { region } : { region, endpoint };
