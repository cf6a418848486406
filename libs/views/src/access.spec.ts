import type { Access } from './access.ts';
import { int8, text } from './index.ts';
import { column } from './key-template.ts';
import { source } from './source.ts';
import { notNull, table } from './table.ts';
import { view } from './view.ts';

const things = table({
  source: source('shop', 'postgres'),
  name: 'public.things',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), owner: notNull(text()) },
});

const defined = (access?: Access<'id' | 'owner'>) =>
  view('things', {
    table: things,
    key: { pk: ['t1', column('id')], sk: ['T'] },
    attributes: { id: 'id', owner: 'owner' },
    ...(access === undefined ? {} : { access }),
  });

describe('access rules', () => {
  it('admit nobody where nothing is said', () => {
    expect(defined().access).toEqual({});
  });

  it('need to know whose a row is before they admit its owner', () => {
    expect(() => defined({ read: ['owner'] })).toThrow('add owner: { attribute: … }');
    expect(() => defined({ fields: { owner: { read: ['owner'] } } })).toThrow('do not say whose a row is');
    expect(defined({ owner: { attribute: 'owner' }, read: ['owner'] }).access.read).toEqual(['owner']);
  });

  it('name attributes of the view only', () => {
    const wrong = { owner: { attribute: 'custmer' } } as unknown as Access<'id'>;
    expect(() => defined(wrong)).toThrow('its access rules name "custmer"');
  });
});
