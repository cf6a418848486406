import { UNAVAILABLE } from '@hybridge/views';

/** Of the connector of a source: `hybridge-<source>`. */
export const connectorName = (source: string): string => `hybridge-${source}`;

/** What the projector takes for granted in every record, whatever the kind of the source. */
export const RECORD_SETTINGS = {
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
