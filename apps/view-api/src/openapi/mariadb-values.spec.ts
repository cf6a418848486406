import { mariadb } from '@hybridge/views';
import { keyPartSchema, valueSchema } from './value-schema.ts';

it.each(Object.entries(mariadb))('%s has a schema', (_, codecOf) => {
  expect(valueSchema({ codec: codecOf(), nullable: false })).not.toEqual({});
});

it.each([mariadb.tinyint, mariadb.smallint, mariadb.mediumint, mariadb.int, mariadb.bigint])(
  'whole numbers without a sign end where the column does',
  (codecOf) => {
    const codec = codecOf({ unsigned: true });
    const { minimum, maximum, pattern } = valueSchema({ codec, nullable: false });
    const fits = (value: bigint): boolean =>
      typeof pattern === 'string'
        ? new RegExp(pattern).test(String(value))
        : value >= Number(minimum) && value <= Number(maximum);
    const isTaken = (value: bigint): boolean => {
      try {
        return codec.fromText(String(value)) !== undefined;
      } catch {
        return false;
      }
    };
    const ends = [8n, 16n, 24n, 32n, 63n, 64n].flatMap((bits) => [2n ** bits - 1n, 2n ** bits]);
    for (const value of [-1n, 0n, 10n ** 19n - 1n, 10n ** 19n, 19n * 10n ** 18n, ...ends]) {
      expect([value, fits(value)]).toEqual([value, isTaken(value)]);
    }
    expect(keyPartSchema({ codec, nullable: false })).toMatchObject({ type: 'integer', minimum: 0 });
  },
);
