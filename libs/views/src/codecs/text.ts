import { mismatch, stringOf, textualCodec, withoutTrailingZeros } from './codec.ts';
import type { Codec } from './codec.ts';
import { UnstorableValueError } from '../errors.ts';

export const stringCodec = (sqlType: string, canonical: (text: string) => string): Codec<string> => {
  const codec = textualCodec({
    sqlType,
    parse: (text) => ({ S: canonical(text) }),
    toText: (value) => stringOf(value, 'S', sqlType),
    toPlain: (value) => stringOf(value, 'S', sqlType),
  });
  return {
    ...codec,
    fromPlain: (value) => {
      if (typeof value !== 'string') throw mismatch(sqlType, JSON.stringify(value));
      return { S: canonical(value) };
    },
  };
};

/** text, varchar, char and enum types. */
export const text = (): Codec<string> => ({ ...stringCodec('text', (value) => value), collation: 'text' });

export const uuid = (): Codec<string> =>
  stringCodec('uuid', (value) => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) throw mismatch('uuid', value);
    return value.toLowerCase();
  });

/** Month and day as they exist in every year: all but February 29, which takes the long way. */
const DAY = '(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)';
const PLAIN_YEAR = '(?!0000)\\d{4}';
const PLAIN_DATE = new RegExp(`^${PLAIN_YEAR}-${DAY}Z?$`);
/** As Debezium writes an instant: nothing is left to do but the zeros at the end of the fraction. */
const PLAIN_TIME = new RegExp(`^${PLAIN_YEAR}-${DAY}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?Z$`);

/**
 * Written `YYYY-MM-DD`; years beyond 9999 have more digits, and no sign. A day before the year 1 is not storable: no two of
 * its writers agree on a year.
 */
export const date = (): Codec<string> =>
  withInfinities(
    stringCodec('date', (value) => {
      if (PLAIN_DATE.test(value)) return value.slice(0, 10);
      if (INFINITY.test(value)) return value;
      const [, year, month, day, era] = DATE.exec(value) ?? [];
      const moment = momentOf([yearOf(year, era), month, day]);
      if (moment === undefined) throw mismatch('date', value);
      return textOf(moment, value).slice(0, -'THH:MM:SS'.length);
    }),
  );

/** Written in UTC, `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`, without trailing zeros in the fraction; years as in `date`. */
export const timestamptz = (): Codec<string> =>
  withInfinities(
    stringCodec('timestamp with time zone', (value) => canonicalTime(value, 'timestamp with time zone', 'Z')),
  );

/** Written `YYYY-MM-DDTHH:MM:SS[.ffffff]`, without trailing zeros in the fraction; years as in `date`. */
export const timestamp = (): Codec<string> =>
  withInfinities(
    stringCodec('timestamp without time zone', (value) => canonicalTime(value, 'timestamp without time zone', '')),
  );

const INFINITY = /^-?infinity$/;
/** The years Debezium writes for the infinities of dates and times, the last one in snapshots. No column has them. */
const INFINITE_YEARS = [
  [/^\+(?:5877611|292278994)-/, 'infinity'],
  [/^(?:-5877611|-292275055|\+292269055)-/, '-infinity'],
] as const;

const withInfinities = (codec: Codec<string>): Codec<string> => ({
  ...codec,
  fromChange: (value) => {
    if (typeof value !== 'string' || !/^[+-]/.test(value)) return codec.fromChange(value);
    const [, infinity] = INFINITE_YEARS.find(([years]) => years.test(value)) ?? [];
    return codec.fromChange(infinity ?? value);
  },
});

const DATE = /^([+-]?\d{4,7})-(\d\d)-(\d\d)Z?( BC)?$/;
const TIME =
  /^([+-]?\d{4,7})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?( BC)?$/;

export function canonicalTime(value: string, sqlType: string, suffix: string): string {
  if (PLAIN_TIME.test(value)) return plainTime(value, suffix);
  if (INFINITY.test(value)) return value;
  const [, year, ...parts] = TIME.exec(value) ?? [];
  const [fraction = '', sign, hours = 0, minutes = 0, seconds = 0, era] = parts.slice(5);
  const moment = momentOf([yearOf(year, era), ...parts.slice(0, 5)]);
  if (moment === undefined) throw mismatch(sqlType, value);
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const decimals = fraction.replace(/0+$/, '');
  const instant = sign === undefined ? moment : earlier(moment, sign === '-' ? -offset : offset);
  return `${textOf(instant, value)}${decimals === '' ? '' : `.${decimals}`}${suffix}`;
}

const SECONDS_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length;

function plainTime(value: string, suffix: string): string {
  if (value.length === SECONDS_LENGTH + 1) return value.slice(0, SECONDS_LENGTH) + suffix;
  return withoutTrailingZeros(value.slice(0, -1)) + suffix;
}

/** SQL counts the years before 1 from 1 again, Debezium from 0 downwards. */
const yearOf = (year: string | undefined, era: string | undefined): number =>
  era === undefined ? Number(year) : 1 - Number(year);

/** A moment of any year, as one of the years from 2000 to 2399, which have the same calendar. */
interface Moment {
  /** Years from that one to the right one. */
  readonly yearsOff: number;
  readonly instant: Date;
}

const CALENDAR_YEARS = 400;
const FIRST_YEAR = 2000;

/** Year, month, day and time of day; undefined when there is no such day or time. */
function momentOf(parts: readonly (number | string | undefined)[]): Moment | undefined {
  const [year = NaN, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const alike = FIRST_YEAR + (((year % CALENDAR_YEARS) + CALENDAR_YEARS) % CALENDAR_YEARS);
  const instant = new Date(Date.UTC(alike, month - 1, day, hour, minute, second));
  const exists = instant.getUTCMonth() === month - 1 && instant.getUTCDate() === day && instant.getUTCHours() === hour;
  return exists && minute < 60 && second < 60 ? { yearsOff: year - alike, instant } : undefined;
}

const earlier = ({ yearsOff, instant }: Moment, seconds: number): Moment => ({
  yearsOff,
  instant: new Date(instant.getTime() - seconds * 1_000),
});

/** `YYYY-MM-DDTHH:MM:SS`. @throws UnstorableValueError */
function textOf({ yearsOff, instant }: Moment, value: string): string {
  const year = instant.getUTCFullYear() + yearsOff;
  if (year < 1) throw new UnstorableValueError(`${value} lies before the year 1, with which the times of views begin.`);
  return `${String(year).padStart(4, '0')}${instant.toISOString().slice('YYYY'.length, SECONDS_LENGTH)}`;
}
