import { parseJson } from '../json.ts';
import type { JsonValue } from '../json.ts';
import { parseInboxRow } from './inbox-row.ts';

const row = (overrides: object = {}): { readonly [column: string]: JsonValue } =>
  parseJson(
    JSON.stringify({
      change_id: 'c1',
      view: 'customers',
      pk: 'c1#CUSTOMER#42',
      sk: 'CUSTOMER',
      outcome: 'A',
      code: null,
      message: null,
      image: null,
      signal: 1,
      at: '2026-11-22T16:07:14.761360Z',
      ...overrides,
    }),
  ) as { readonly [column: string]: JsonValue };

describe('parseInboxRow', () => {
  it('reads an answer that proves nothing', () => {
    expect(parseInboxRow(row())).toEqual({
      changeId: 'c1',
      view: 'customers',
      key: { pk: 'c1#CUSTOMER#42', sk: 'CUSTOMER' },
      outcome: 'A',
      code: undefined,
      message: undefined,
      image: undefined,
      at: Date.parse('2026-11-22T16:07:14.761Z'),
    });
  });

  it('reads the image of a row without losing a digit', () => {
    const { image } = parseInboxRow(row({ image: '{"e": 1, "row": {"id": 9007199254740993, "note": null}}' }));
    expect(image?.exists === true && [String(image.row['id']), image.row['note']]).toEqual(['9007199254740993', null]);
  });

  it('reads the image of a row this change deleted', () => {
    expect(parseInboxRow(row({ image: '{"e": 0}' })).image).toEqual({ exists: false });
  });

  it('reads a refusal with its reason', () => {
    expect(parseInboxRow(row({ outcome: 'R', code: 'CONFLICT', message: 'moved' }))).toMatchObject({
      outcome: 'R',
      code: 'CONFLICT',
      message: 'moved',
    });
  });

  it.each([{ outcome: 'X' }, { change_id: '' }, { pk: null }, { at: null }, { image: '{' }])(
    'refuses %j',
    (overrides) => {
      expect(() => parseInboxRow(row(overrides))).toThrow(
        expect.objectContaining({ code: 'HYBRIDGE_CONTRACT_CHANGE_MALFORMED' }),
      );
    },
  );
});
