import { readConfig } from './config.ts';

const needed = {
  WRITEBACK_QUEUE_URL_SHOP: 'http://127.0.0.1:4566/000000000000/hybridge-writeback-shop',
  WRITEBACK_QUEUE_URL_STOCKROOM: 'http://127.0.0.1:4566/000000000000/hybridge-writeback-stockroom',
  WRITEBACK_SQL_URL_STOCKROOM: 'mariadb://hybridge_app:hybridge_app@127.0.0.1:3306/stockroom',
  WRITEBACK_SQL_URL_SHOP: 'postgres://hybridge_app:hybridge_app@127.0.0.1:5432/shop',
};

describe('readConfig', () => {
  it('needs a queue and a database for each source only', () => {
    expect(readConfig(needed)).toMatchObject({
      queueUrls: new Map([
        ['shop', needed.WRITEBACK_QUEUE_URL_SHOP],
        ['stockroom', needed.WRITEBACK_QUEUE_URL_STOCKROOM],
      ]),
      sqlUrls: new Map([
        ['shop', needed.WRITEBACK_SQL_URL_SHOP],
        ['stockroom', needed.WRITEBACK_SQL_URL_STOCKROOM],
      ]),
      sqs: { endpoint: undefined },
      dynamodb: { tableName: 'hybridge-views' },
      concurrency: 8,
      expireAfterMs: 86_400_000,
      rejectAfterMs: 3_600_000,
    });
  });

  it('reports every problem at once', () => {
    expect(() => readConfig({ WRITEBACK_CONCURRENCY: 'many' })).toThrow(
      /WRITEBACK_CONCURRENCY is "many"[^]*WRITEBACK_QUEUE_URL_SHOP is not set[^]*WRITEBACK_SQL_URL_STOCKROOM is not set/,
    );
  });
});
