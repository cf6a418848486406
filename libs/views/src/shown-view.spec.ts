import { createCatalog } from './catalog.ts';
import { int4 } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { embed } from './embed.ts';
import { column } from './key-template.ts';
import { shownView } from './shown-view.ts';
import { source } from './source.ts';
import { notNull, table } from './table.ts';
import { view } from './view.ts';

const people = table({
  source: source('shop', 'postgres'),
  name: 'public.people',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), name: notNull(text()), boss_id: notNull(int4()) },
});
const staff = view('staff', {
  table: people,
  key: { pk: ['s1', column('id')], sk: ['S'] },
  attributes: { id: 'id' },
  embed: { boss: embed(people, { on: ['boss_id'], attributes: { name: 'name' } }) },
});

it('knows no hidden view', () => {
  const catalog = createCatalog([staff]);
  expect(shownView(catalog, 'staff')).toBe(staff);
  expect(catalog.byName('staff.boss').isBase).toBe(true);
  const unknown = { code: 'HYBRIDGE_VIEW_UNKNOWN', message: 'There is no view "staff.boss"; there are staff.' };
  expect(() => shownView(catalog, 'staff.boss')).toThrow(expect.objectContaining(unknown));
});
