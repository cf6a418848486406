import { catalog } from '@hybridge/definitions';
import type { ParkedKey } from '@hybridge/sink-dynamodb';
import { keyOfRow } from '@hybridge/views';
import { parseViewKey } from '../view-key.ts';
import { renderList, reportOf } from './render.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const view = catalog.byName('addresses');

const parked = (key: string, ageSeconds = 90): ParkedKey => ({
  view: 'addresses',
  key: keyOfRow(view, parseViewKey(view, key)),
  topic: 'shop.public.addresses',
  partition: 3,
  offset: '9007199254740993',
  reason: '5 is not a value of type text.',
  at: NOW - ageSeconds * 1000,
});

describe('the list of parked keys', () => {
  it('names view, key, place, reason and age of each, and their number', () => {
    expect(renderList([parked('42,Summer%20house', 7_300), parked('7,a%2Cb')], NOW)).toBe(
      [
        'addresses 42,Summer%20house: parked for 2 h by shop.public.addresses[3] offset 9007199254740993',
        '  5 is not a value of type text.',
        'addresses 7,a%2Cb: parked for 90 s by shop.public.addresses[3] offset 9007199254740993',
        '  5 is not a value of type text.',
        'parked keys: 2',
      ].join('\n'),
    );
  });

  it('says that there are none', () => {
    expect(renderList([], NOW)).toBe('no parked keys');
  });

  it.each([
    [0, '0 s'],
    [119, '119 s'],
    [120, '2 min'],
    [86_400, '24 h'],
    [3 * 86_400, '3 d'],
  ])('shows an age of %d s as %s', (seconds, shown) => {
    expect(renderList([parked('1,a', seconds)], NOW)).toContain(`parked for ${shown} by`);
  });

  it('tells programs the same, with a key that can be released', () => {
    expect(reportOf(parked('9007199254740993,a%2Cb'), NOW)).toEqual({
      view: 'addresses',
      key: '9007199254740993,a%2Cb',
      item: { pk: 'c1#CUSTOMER#9007199254740993', sk: 'ADDRESS#a,b' },
      topic: 'shop.public.addresses',
      partition: 3,
      offset: '9007199254740993',
      reason: '5 is not a value of type text.',
      parkedAt: '2026-11-22T11:58:30.000Z',
      ageSeconds: 90,
    });
  });

  it('shows a key of a view that is gone as the item has it', () => {
    expect(renderList([{ ...parked('1,a'), key: { pk: 'old#1', sk: 'X' } }], NOW)).toContain('addresses old#1|X: ');
  });
});
