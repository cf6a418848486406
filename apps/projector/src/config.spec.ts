import { source } from '@hybridge/views';
import { readConfig } from './config.ts';

const shop = source('shop', 'postgres');
const stock = source('web-stock', 'mariadb');
const KAFKA = { PROJECTOR_KAFKA_BROKERS: 'kafka:9092' };
const URLS = { PROJECTOR_SQL_URL_SHOP: 'postgres://db/shop', PROJECTOR_SQL_URL_WEB_STOCK: 'mariadb://db/stock' };

describe('readConfig', () => {
  it('knows the database of each source, and has no prefix for topics', () => {
    const config = readConfig({ ...KAFKA, ...URLS }, [shop, stock]);
    expect([...config.sqlUrls]).toEqual([
      ['shop', 'postgres://db/shop'],
      ['web-stock', 'mariadb://db/stock'],
    ]);
    expect(config.kafka.topicPrefix).toBe('');
  });

  it('reads tables with their source, which may be left out where there is one', () => {
    const skip = (sources: readonly (typeof shop)[], urls: object, tables: string) =>
      readConfig({ ...KAFKA, ...urls, PROJECTOR_SKIP_UNCHANGED_TABLES: tables }, sources).skipUnchangedTables;
    const url = { PROJECTOR_SQL_URL: 'postgres://db/shop' };
    expect(skip([shop], url, 'public.a, shop.public.b')).toEqual(['shop.public.a', 'shop.public.b']);
    expect(skip([shop, stock], URLS, 'web-stock.stock.a,shop.public.b')).toEqual([
      'web-stock.stock.a',
      'shop.public.b',
    ]);
    expect(() => skip([shop, stock], URLS, 'public.a')).toThrow(/"public.a", which is of no source/);
  });

  it('reports every problem at once', () => {
    expect(() => readConfig({ PROJECTOR_SQL_URL: 'postgres://db/shop' }, [shop, stock])).toThrow(
      /PROJECTOR_KAFKA_BROKERS[^]*PROJECTOR_SQL_URL is set, and says not of which source[^]*_SHOP is not set[^]*_WEB_STOCK is not set/,
    );
  });
});
