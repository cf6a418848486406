import { SourceKind, UNAVAILABLE } from '@hybridge/views';

/** Of the connector of a source: `hybridge-<source>`. */
export const connectorName = (source: string): string => `hybridge-${source}`;

/** What the projector takes for granted in every record, whatever the kind of the source. */
const RECORD_SETTINGS = {
  // Truncates too: the projector has to hear of them.
  'skipped.operations': 'none',
  'tombstones.on.delete': 'true',
  // Every value without loss: decimals and binaries as text, JSON without schemas.
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'key.converter.schemas.enable': 'false',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
  'decimal.handling.mode': 'string',
  'binary.handling.mode': 'hex',
  'unavailable.value.placeholder': UNAVAILABLE,
  'extended.headers.enabled': 'false',
} as const;

const POSTGRES_SETTINGS = {
  'time.precision.mode': 'isostring',
  'interval.handling.mode': 'string',
  'hstore.handling.mode': 'json',
} as const;

const BINLOG_SETTINGS = {
  // Numbers above 2^63 as they are, and as JSON numbers instead of base64.
  'bigint.unsigned.handling.mode': 'precise',
  'key.converter.decimal.format': 'NUMERIC',
  'value.converter.decimal.format': 'NUMERIC',
  // As integers: the ISO form has none for a TIME of a day and more, or below zero, and would make it NULL.
  'time.precision.mode': 'microseconds',
  // The year 17 is not 2017.
  'enable.time.adjuster': 'false',
  // A YEAR of 0 is no date, over which the driver would fall; a TINYINT(1) of 2 is not true.
  'driver.yearIsDateType': 'false',
  'driver.tinyInt1isBit': 'false',
  // Rather than NULL in the place of a value that cannot be read.
  'event.converting.failure.handling.mode': 'fail',
} as const;

/** Settings of the connector without which the projector would read other values than those of the source. */
export const recordSettings = (kind: SourceKind): Readonly<Record<string, string>> => ({
  ...RECORD_SETTINGS,
  ...(kind === SourceKind.postgres ? POSTGRES_SETTINGS : BINLOG_SETTINGS),
});
