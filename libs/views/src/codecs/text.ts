import { mismatch, stringOf, textualCodec, withoutTrailingZeros } from './codec.ts';
import type { Codec } from './codec.ts';

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
const PLAIN_DATE = new RegExp(`^\\d{4}-${DAY}Z?$`);
/** As Debezium writes an instant: nothing is left to do but the zeros at the end of the fraction. */
const PLAIN_TIME = new RegExp(`^\\d{4}-${DAY}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?Z$`);

/** Written `YYYY-MM-DD`. */
export const date = (): Codec<string> =>
  stringCodec('date', (value) => {
    if (PLAIN_DATE.test(value)) return value.slice(0, 10);
    if (/^-?infinity$/.test(value)) return value;
    const match = /^((\d{4,6})-(\d\d)-(\d\d))Z?$/.exec(value);
    if (match === null || utcDate(match.slice(2, 5)) === undefined) throw mismatch('date', value);
    return match[1] as string;
  });

/** Written in UTC, `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`, without trailing zeros in the fraction. */
export const timestamptz = (): Codec<string> =>
  stringCodec('timestamp with time zone', (value) => canonicalTime(value, 'timestamp with time zone', 'Z'));

/** Written `YYYY-MM-DDTHH:MM:SS[.ffffff]`, without trailing zeros in the fraction. */
export const timestamp = (): Codec<string> =>
  stringCodec('timestamp without time zone', (value) => canonicalTime(value, 'timestamp without time zone', ''));

const TIME = /^(\d{4,6})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?$/;

export function canonicalTime(value: string, sqlType: string, suffix: string): string {
  if (PLAIN_TIME.test(value)) return plainTime(value, suffix);
  if (/^-?infinity$/.test(value)) return value;
  const match = TIME.exec(value);
  const whole = match === null ? undefined : utcDate(match.slice(1, 7));
  if (match === null || whole === undefined) throw mismatch(sqlType, value);
  const [fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match.slice(7);
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const seconds = new Date(whole.getTime() - (sign === undefined ? 0 : offsetMs)).toISOString().slice(0, -5);
  const decimals = fraction.replace(/0+$/, '');
  return `${seconds}${decimals === '' ? '' : `.${decimals}`}${suffix}`;
}

const SECONDS_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length;

function plainTime(value: string, suffix: string): string {
  if (value.length === SECONDS_LENGTH + 1) return value.slice(0, SECONDS_LENGTH) + suffix;
  return withoutTrailingZeros(value.slice(0, -1)) + suffix;
}

/** Year, month, day and time of day as an instant; undefined when there is no such day or time. */
function utcDate(parts: readonly (string | undefined)[]): Date | undefined {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const instant = new Date(Date.UTC(2000, 0, 1, hour, minute, second));
  instant.setUTCFullYear(year, month - 1, day); // Date.UTC would read year 1 as 1901
  const exists = instant.getUTCMonth() === month - 1 && instant.getUTCDate() === day && instant.getUTCHours() === hour;
  return exists && minute < 60 && second < 60 ? instant : undefined;
}
