import { readConfig } from './config.ts';

const needed = {
  WRITEBACK_QUEUE_URL: 'http://127.0.0.1:4566/000000000000/hybridge-writeback',
  WRITEBACK_SQL_URL: 'postgres://hybridge_app:hybridge_app@127.0.0.1:5432/shop',
};

describe('readConfig', () => {
  it('needs the queue and SQL only', () => {
    expect(readConfig(needed)).toMatchObject({
      queueUrls: new Map([['shop', needed.WRITEBACK_QUEUE_URL]]),
      sqlUrls: new Map([['shop', needed.WRITEBACK_SQL_URL]]),
      sqs: { endpoint: undefined },
      dynamodb: { tableName: 'hybridge-views' },
      concurrency: 8,
      expireAfterMs: 86_400_000,
      rejectAfterMs: 3_600_000,
    });
  });

  it('reports every problem at once', () => {
    expect(() => readConfig({ WRITEBACK_CONCURRENCY: 'many' })).toThrow(
      /WRITEBACK_CONCURRENCY is "many"[^]*WRITEBACK_QUEUE_URL is not set[^]*WRITEBACK_SQL_URL is not set/,
    );
  });
});
