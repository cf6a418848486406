import { catalog } from '@hybridge/definitions';
import { readConfig, sourcesOf, sqlUrlsOf } from './config.ts';

const [first, second] = ['postgres://db/one', 'postgres://db/two'];
const [shop] = catalog.sources.map(({ name }) => name);

describe('the source databases', () => {
  it.each([
    ['the environment', {}, { HYBRIDGE_SQL_URL: first }],
    ['the environment, by name', {}, { HYBRIDGE_SQL_URL_SHOP: first }],
    ['a flag', { sqlUrl: [first] }, {}],
    ['a flag, by name', { sqlUrl: [`shop=${first}`] }, {}],
    ['a flag above the environment', { sqlUrl: [first] }, { HYBRIDGE_SQL_URL_SHOP: second }],
    ['a named flag above the environment', { sqlUrl: [`shop=${first}`] }, { HYBRIDGE_SQL_URL: second }],
  ])('come from %s', (_, flags, environment) => {
    if (catalog.sources.length > 1) return; // plain URLs are of installations with one source
    expect([...readConfig(flags, environment).sqlUrls]).toEqual([['shop', first]]);
  });

  it('keep an "=" that belongs to the URL', () => {
    const url = 'postgres://db/one?sslmode=require';
    expect(readConfig({ sqlUrl: [`shop=${url}`] }, {}).sqlUrls.get('shop')).toBe(url);
  });

  it('must be of a source there is', () => {
    expect(() => readConfig({ sqlUrl: [`elsewhere=${first}`] }, {})).toThrow(
      /HYBRIDGE_SQL_URL_ELSEWHERE names a source/,
    );
  });

  it('are needed for the views that are asked for only', () => {
    const [view] = catalog.views;
    expect(sqlUrlsOf(readConfig({}, {}), [])).toEqual(new Map());
    expect(() => sqlUrlsOf(readConfig({}, {}), view === undefined ? [] : [view])).toThrow(
      /set HYBRIDGE_SQL_URL.* or give --sql-url/,
    );
    expect(sourcesOf(view === undefined ? [] : [view]).map(({ name }) => name)).toEqual([shop]);
  });
});
