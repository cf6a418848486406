import type { Retryable } from '@hybridge/runtime';

export type KafkaSourceErrorCode = 'HYBRIDGE_SOURCE_KAFKA_UNAVAILABLE' | 'HYBRIDGE_SOURCE_KAFKA_TOPIC_MISMATCH';

/** Kafka could not be reached, or is not set up as the source expects. */
export class KafkaSourceError extends Error implements Retryable {
  override readonly name = 'KafkaSourceError';
  readonly code: KafkaSourceErrorCode;
  readonly retry;

  constructor(code: KafkaSourceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retry = code === 'HYBRIDGE_SOURCE_KAFKA_UNAVAILABLE' ? ('transient' as const) : ('permanent' as const);
  }
}
