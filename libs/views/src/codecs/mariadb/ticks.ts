/** What Debezium makes of DATE, DATETIME and TIME with `time.precision.mode=microseconds`, as the texts of SQL. */
import { type JsonValue, isJsonNumber, numberText } from '@hybridge/contracts';
import type { Codec } from '../codec.ts';

const MS_PER_DAY = 86_400_000n;
const MICROS_PER_MS = 1_000n;
const MICROS_PER_SECOND = 1_000_000n;

/** `YYYY-MM-DD` of the days since 1970. */
export const dateOfDays = (days: bigint): string => isoOf(days * MS_PER_DAY).slice(0, 'YYYY-MM-DD'.length);

/** `YYYY-MM-DDTHH:MM:SS.ffffff` of the microseconds since 1970. */
export function momentOfMicros(micros: bigint): string {
  const below = ((micros % MICROS_PER_MS) + MICROS_PER_MS) % MICROS_PER_MS;
  const iso = isoOf((micros - below) / MICROS_PER_MS);
  return `${iso.slice(0, -1)}${String(below).padStart(3, '0')}`;
}

/** `[-]HH:MM:SS.ffffff` of a length of time in microseconds. */
export function durationOfMicros(micros: bigint): string {
  const length = micros < 0n ? -micros : micros;
  const seconds = length / MICROS_PER_SECOND;
  const parts = [seconds / 3_600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, '0'));
  return `${micros < 0n ? '-' : ''}${parts.join(':')}.${String(length % MICROS_PER_SECOND).padStart(6, '0')}`;
}

const isoOf = (ms: bigint): string => new Date(Number(ms)).toISOString();

/** The codec of texts, which reads such numbers in change events too. */
export const readingTicks = (codec: Codec<string>, textOf: (ticks: bigint) => string): Codec<string> => ({
  ...codec,
  fromChange: (value: JsonValue) => codec.fromChange(isJsonNumber(value) ? textOf(BigInt(numberText(value))) : value),
});
