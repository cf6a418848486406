import { type JsonValue } from '@hybridge/contracts';
import { type AttributeValue, NULL } from '@hybridge/protocol';
import { type Codec, mismatch, withoutTrailingZeros } from '../codec.ts';
import { canonicalTime, date as anyDate, stringCodec } from '../text.ts';
import { dateOfDays, durationOfMicros, momentOfMicros, readingTicks } from './ticks.ts';

/** `0000-00-00`, or a month or day of zero, which no calendar has. */
const ZERO_DATE = /^(?:0000-\d\d-\d\d|\d{4}-00-\d\d|\d{4}-\d\d-00)/;

/** What the connector writes of a zero date in a column that is never NULL. */
const EPOCH_DAY = '1970-01-01';

/** The same codec, which reads dates that are none as the change events have them. */
function readingZeroDates(codec: Codec<string>, zero: AttributeValue): Codec<string | null> {
  const reading =
    <V extends JsonValue>(read: (value: V) => AttributeValue) =>
    (value: V): AttributeValue =>
      typeof value === 'string' && ZERO_DATE.test(value) ? zero : read(value);
  return {
    ...codec,
    fromChange: reading(codec.fromChange),
    fromText: reading(codec.fromText),
    fromImage: reading(codec.fromImage),
  };
}

/** A zero date is NULL where the column may be NULL, and the first day of 1970 elsewhere: events have it so. */
const withoutZeroDates = (codec: Codec<string>, epoch: string): Codec<string | null> => ({
  ...readingZeroDates(codec, NULL),
  whenNotNull: readingZeroDates(codec, codec.fromText(epoch)),
});

/** Written `YYYY-MM-DD`. */
export const date = (): Codec<string | null> => withoutZeroDates(readingTicks(anyDate(), dateOfDays), EPOCH_DAY);

/** Written `YYYY-MM-DDTHH:MM:SS[.ffffff]`, without trailing zeros in the fraction. */
export const datetime = (): Codec<string | null> =>
  withoutZeroDates(readingTicks(timeCodec('datetime', ''), momentOfMicros), `${EPOCH_DAY} 00:00:00`);

/**
 * Written in UTC, `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`, without trailing zeros in the fraction. The column itself begins one
 * second after 1970: at its beginning stands a zero date, which is NULL in whatever column.
 */
export const timestamp = (): Codec<string | null> => {
  const codec = readingZeroDates(timeCodec('timestamp', 'Z'), NULL);
  const fromChange: typeof codec.fromChange = (value) =>
    typeof value === 'string' && /^1970-01-01T00:00:00(?:\.0+)?Z$/.test(value) ? NULL : codec.fromChange(value);
  return { ...codec, fromChange };
};

function timeCodec(sqlType: string, suffix: string): Codec<string> {
  const codec = stringCodec(sqlType, (value) => canonicalTime(value, sqlType, suffix));
  // The session is in UTC, and a parameter must not name a time zone.
  return { ...codec, toText: (value) => codec.toText(value).replace('T', ' ').replace(/Z$/, '') };
}

const TIME = /^(-?\d{2,3}:[0-5]\d:[0-5]\d)(\.\d{1,6})?Z?$/;

/** A time of day or a length of time, written `[-]HH:MM:SS[.ffffff]`, without trailing zeros in the fraction. */
export const time = (): Codec<string> =>
  readingTicks(
    stringCodec('time', (value) => {
      const [, whole, fraction = '.'] = TIME.exec(value) ?? [];
      if (whole === undefined) throw mismatch('time', value);
      return withoutTrailingZeros(`${whole}${fraction}`);
    }),
    durationOfMicros,
  );
