/**
 * Settings measured on the local stack: one row is seen in under 100 ms instead of 850 ms, a snapshot runs at twice the
 * rate. Milliseconds, bytes and records, as Debezium and Kafka name them.
 */
export const LOW_LATENCY = {
  'poll.interval.ms': '20',
  'max.batch.size': '8192',
  'max.queue.size': '32768',
  'max.queue.size.in.bytes': '33554432',
  'snapshot.fetch.size': '10240',
  // How often the slot's position is confirmed, so that SQL may drop its log.
  'status.update.interval.ms': '1000',
  // Moves the position on while only tables that nobody captures change.
  'heartbeat.interval.ms': '10000',
  // After a restart of the database; ten seconds by default, which customers would wait for their answers.
  'retriable.restart.connector.wait.ms': '2000',
} as const;

/** Connect turns idempotence off by itself; with several requests in flight a retry could then swap two changes of a row. */
export const DURABLE_PRODUCER = {
  'producer.override.enable.idempotence': 'true',
  'producer.override.acks': 'all',
  'producer.override.max.in.flight.requests.per.connection': '5',
  'producer.override.linger.ms': '5',
  'producer.override.batch.size': '262144',
  'producer.override.buffer.memory': '33554432',
  // The projector's Kafka client reads gzip and plain only.
  'producer.override.compression.type': 'none',
} as const;
