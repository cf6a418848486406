import { column, createCatalog, notNull, source, table, text, view } from '@hybridge/views';
import { InvalidKeyError } from './errors.ts';
import { placeOf } from './place.ts';

const labels = view('labels', {
  table: table({
    source: source('test', 'postgres'),
    name: 'public.labels',
    primaryKey: ['owner', 'label'],
    columns: { owner: notNull(text()), label: notNull(text()) },
  }),
  key: { pk: ['l1', column('owner')], sk: ['L', column('label')] },
  attributes: { label: 'label' },
});
const at = (owner: string, label: string) => () => placeOf(createCatalog([labels]), labels, [owner, label]);

describe('placeOf', () => {
  it('finds the item of a key that is as long as a key can be', () => {
    expect(at('x'.repeat(2_045), 'é'.repeat(511))().itemKey.sk).toHaveLength(513);
  });

  it.each([
    ['x'.repeat(2_046), 'a'],
    ['a', 'é'.repeat(512)],
    ['', 'a'],
    ['a', ''],
  ])('refuses a key that no item can have, and an empty part (%#)', (owner, label) => {
    expect(at(owner, label)).toThrow(InvalidKeyError);
  });
});
