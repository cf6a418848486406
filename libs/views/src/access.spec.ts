import type { Access } from './access.ts';
import { int8, text } from './index.ts';
import { embed } from './embed.ts';
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

  it('let nobody change a row by way of the document that collects it', () => {
    expect(defined({ read: ['parent'] }).access.read).toEqual(['parent']);
    expect(() => defined({ update: ['parent'] })).toThrow("let 'parent' change it");
    expect(() => defined({ fields: { owner: { change: ['parent'] } } })).toThrow("let 'parent' change it");
  });

  it('hide what is embedded, which nobody owns or changes', () => {
    const boss = embed(things, { on: ['id'], attributes: { name: 'owner' } });
    const embedding = (access: Access<'id' | 'owner', 'boss'>) =>
      view('bosses', {
        table: things,
        key: { pk: ['t1', column('id')], sk: ['B'] },
        attributes: { id: 'id', owner: 'owner' },
        embed: { boss },
        access,
      });
    const { access } = embedding({ fields: { boss: { read: [{ scope: 'staff' }] } } });
    expect(access.fields).toEqual({ boss: { read: [{ scope: 'staff' }] } });
    // @ts-expect-error -- nobody changes it
    expect(() => embedding({ fields: { boss: { change: ['public'] } } })).toThrow('"boss", which is embedded');
    // @ts-expect-error -- nobody is named by it
    expect(() => embedding({ owner: { attribute: 'boss' } })).toThrow('"boss", which is embedded');
  });
});
