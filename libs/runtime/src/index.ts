export { type RunningApp, pause, runApp, whenAborted } from './app.ts';
export { type Budget, createBudget } from './budget.ts';
export { type Environment, parseConfig, setting } from './config.ts';
export { ConfigError, type RetryClass, type Retryable, isTransient } from './errors.ts';
export { type KeyedQueue, type KeyedQueueOptions, createKeyedQueue } from './keyed-queue.ts';
export { type Lanes, createLanes } from './lanes.ts';
export { type RetryOptions, retryTransient } from './retry.ts';
export { type NamedSource, type SourceUrls, readSourceUrls, sourceSettingName } from './source-urls.ts';
