import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('needs nothing to be set', () => {
    expect(readConfig({})).toEqual({
      dynamodb: { region: 'us-east-1' },
      eventBridge: { region: 'us-east-1' },
      tableName: 'hybridge-views',
      checkpointTableName: 'hybridge-stream-pipe-checkpoints',
      idlePollMs: 100,
      busName: 'hybridge',
      maxEntryBytes: 262_144,
      operations: { host: '127.0.0.1', port: 9102 },
      logLevel: 'info',
    });
  });

  it('reports every setting that does not fit', () => {
    const read = () =>
      readConfig({ STREAM_PIPE_PORT: 'x', STREAM_PIPE_DYNAMODB_ENDPOINT: 'y', STREAM_PIPE_LOG_LEVEL: 'loud' });
    expect(read).toThrow(/STREAM_PIPE_DYNAMODB_ENDPOINT[\s\S]*STREAM_PIPE_PORT[\s\S]*STREAM_PIPE_LOG_LEVEL/);
  });
});
