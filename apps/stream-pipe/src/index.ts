export { type Classified, type ClassifyOptions, classify } from './classify.ts';
export { type StreamPipeConfig, readConfig } from './config.ts';
export { StreamPipeError, type StreamPipeErrorCode } from './errors.ts';
export type { MessageKind, OutgoingMessage } from './message.ts';
export { type PipeMetrics, createPipeMetrics } from './metrics.ts';
export type { RawWrite } from './raw-writes.ts';
export { type Pipe, type PipeDeps, createPipe } from './pipe.ts';
