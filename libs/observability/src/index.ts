export { type Logger, type LoggerOptions, createLogger, silentLogger } from './logger.ts';
export { LATENCY_BUCKETS_SECONDS, type Metrics, createMetrics } from './metrics.ts';
export { type SourceHealth, createSourceHealth } from './source-health.ts';
export { type OperationsOptions, type OperationsServer, serveOperations } from './operations-server.ts';
