import type { Logger } from '@hybridge/observability';
import { Kafka, logLevel } from 'kafkajs';

export interface KafkaClientOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
}

/** A kafkajs client whose log lines go to the app's logger. */
export const createKafkaClient = (options: KafkaClientOptions): Kafka =>
  new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 10 },
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => {
      const { message, timestamp: _timestamp, logger: _logger, ...facts } = entry.log;
      // kafkajs reports ordinary rebalances and reconnects as errors; what matters reaches us as exceptions.
      const level = entry.level === logLevel.ERROR || entry.level === logLevel.WARN ? 'warn' : 'debug';
      options.logger[level]({ kafka: { scope: entry.namespace, ...facts } }, message);
    },
  });
