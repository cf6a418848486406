import { catalog } from '@hybridge/definitions';
import { changeEvent } from '@hybridge/testkit';
import { addressRow, recordOf } from './testing.features.ts';
import { createColumnWatch } from './unknown-columns.ts';

const table = 'public.addresses';
const event = (more: object = {}) => recordOf(changeEvent({ table, after: { ...addressRow(), ...more } }));

it('tells the columns that no definition knows, from the first record of a topic and one in a thousand', () => {
  const looks: (readonly [string, readonly string[]])[] = [];
  const watch = createColumnWatch({ catalog, onLook: ({ name }, unknown) => looks.push([name, unknown]) });
  watch(event({ added: 1 }));
  for (let i = 0; i < 1_000; i++) watch(event());
  expect(looks).toEqual([
    [table, ['added']],
    [table, []],
  ]);
});

it('leaves what it cannot read, and what it does not know, to others', () => {
  const onLook = jest.fn();
  const watch = createColumnWatch({ catalog, onLook });
  watch(recordOf('{'));
  watch({ ...recordOf(changeEvent({ table: 'public.nobody', after: { id: 1 } })), topic: 'shop.public.nobody' });
  expect(onLook).not.toHaveBeenCalled();
});
