import { int8, text } from './index.ts';
import { column } from './key-template.ts';
import type { RawWrites } from './raw-writes.ts';
import { source } from './source.ts';
import { notNull, table } from './table.ts';
import { view } from './view.ts';

const things = table({
  source: source('shop', 'postgres'),
  name: 'public.things',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), name: notNull(text()) },
});

const defined = (rawWrites?: RawWrites, allow: readonly 'name'[] = ['name']) =>
  view('things', {
    table: things,
    key: { pk: ['t1', column('id')], sk: ['T'] },
    attributes: { id: 'id', name: 'name' },
    changes: { allow },
    ...(rawWrites === undefined ? {} : { rawWrites }),
  });

describe('rawWrites', () => {
  it('are forbidden where nothing is said', () => {
    expect(defined().rawWrites).toBe('forbid');
    expect(defined('capture').rawWrites).toBe('capture');
  });

  it('are captured only where customers may change something', () => {
    expect(() => defined('capture', [])).toThrow("rawWrites: 'capture' needs something that customers may change");
  });

  it('are one of two settings', () => {
    expect(() => defined('allow' as RawWrites)).toThrow('rawWrites must be one of capture, forbid.');
  });
});
