import { z } from 'zod';
import { parseConfig } from './config.ts';
import { readSourceUrls } from './source-urls.ts';

const shop = { name: 'shop', kind: 'postgres' };
const stock = { name: 'web-stock', kind: 'mariadb' };
const POSTGRES = 'postgres://app:secret@db/shop';
const MARIADB = 'mariadb://app:secret@db/stock';

describe('readSourceUrls', () => {
  it.each([
    ['plain', { SQL_URL: POSTGRES }],
    ['with its name', { SQL_URL_SHOP: POSTGRES }],
  ])('reads the URL of the only source, %s', (_, environment) => {
    expect(readSourceUrls('SQL_URL', [shop], environment)).toEqual({
      urls: new Map([['shop', POSTGRES]]),
      problems: [],
    });
  });

  it('reads one of each of several sources, and ignores other settings', () => {
    const environment = { SQL_URL_SHOP: POSTGRES, SQL_URL_WEB_STOCK: MARIADB, SQL_URLS: 'x', OTHER: 'y' };
    const { urls, problems } = readSourceUrls('SQL_URL', [shop, stock], environment);
    expect([...urls]).toEqual([
      ['shop', POSTGRES],
      ['web-stock', MARIADB],
    ]);
    expect(problems).toEqual([]);
  });

  it('lets a source go without where that is no mistake', () => {
    expect(readSourceUrls('SQL_URL', [shop, stock], { SQL_URL_SHOP: POSTGRES }, { optional: true })).toEqual({
      urls: new Map([['shop', POSTGRES]]),
      problems: [],
    });
  });

  const both = { SQL_URL_SHOP: POSTGRES, SQL_URL_WEB_STOCK: MARIADB };
  it.each([
    ['nothing', [shop], {}, ['SQL_URL is not set: expected the URL of source shop']],
    [
      'nothing of several',
      [shop, stock],
      { SQL_URL_SHOP: POSTGRES },
      ['SQL_URL_WEB_STOCK is not set: expected the URL of source web-stock'],
    ],
    [
      'a plain one of several',
      [shop, stock],
      { ...both, SQL_URL: POSTGRES },
      ['SQL_URL is set, and says not of which source: set SQL_URL_SHOP, SQL_URL_WEB_STOCK.'],
    ],
    [
      'both forms',
      [shop],
      { SQL_URL: POSTGRES, SQL_URL_SHOP: POSTGRES },
      ['SQL_URL and SQL_URL_SHOP are both set: remove one of them.'],
    ],
    [
      'an unknown source',
      [shop, stock],
      { ...both, SQL_URL_STOCK: MARIADB },
      ['SQL_URL_STOCK names a source that no definition knows; there are shop, web-stock. Remove or rename it.'],
    ],
    ['no URL', [shop], { SQL_URL: 'nowhere' }, ['SQL_URL is "nowhere": expected a URL']],
    [
      'the URL of another kind',
      [stock],
      { SQL_URL: POSTGRES },
      ['SQL_URL is "***@db/shop": source web-stock is of kind mariadb, expected mariadb://… or mysql://…'],
    ],
  ])('says what is wrong with %s', (_, sources, environment, problems) => {
    const read = readSourceUrls('SQL_URL', sources, environment);
    expect(read.problems).toEqual(problems);
  });

  it('takes any URL of what is no database', () => {
    const environment = { QUEUE_URL: 'http://queue/1' };
    expect(readSourceUrls('QUEUE_URL', [shop], environment, { of: 'others' }).problems).toEqual([]);
  });
});

it('tells its problems together with those of the other settings', () => {
  const { problems } = readSourceUrls('SQL_URL', [shop], {});
  const schema = z.object({ PORT: z.string() });
  expect(() => parseConfig('app', schema, {}, problems)).toThrow(/PORT is not set[^]*SQL_URL is not set/);
  expect(() => parseConfig('app', schema, { PORT: '1' }, problems)).toThrow(/SQL_URL is not set/);
  expect(parseConfig('app', schema, { PORT: '1' }, [])).toEqual({ PORT: '1' });
});
