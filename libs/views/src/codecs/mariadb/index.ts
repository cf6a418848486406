import { bigint, int, mediumint, smallint, tinyint } from './integers.ts';
import { decimal, double, float, year } from './numbers.ts';
import { bit, bits, blob, boolean, json } from './others.ts';
import { enumeration, set, uuid, varchar } from './texts.ts';
import { date, datetime, time, timestamp } from './times.ts';

export type { IntegerOptions } from './integers.ts';

/** Codecs of MariaDB's column types, and of those MySQL shares with it. */
export const mariadb = {
  ...{ tinyint, smallint, mediumint, int, bigint, decimal, float, double, year },
  ...{ varchar, enumeration, set, uuid },
  ...{ date, datetime, timestamp, time },
  ...{ boolean, bit, bits, blob, json },
} as const;
