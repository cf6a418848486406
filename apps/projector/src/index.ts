export { type ApplyDeps, applyRow } from './apply.ts';
export { type ProjectorConfig, readConfig } from './config.ts';
export { type EngineOptions, createEngine } from './engine/engine.ts';
export { type DecodeOptions, decodeRecord } from './decode-record.ts';
export { type JobLane, type JobLaneDependencies, type JobLaneOptions, createJobLane } from './fan-out/job-lane.ts';
export { createProjectorMetrics } from './metrics.ts';
export {
  type TruncateEvent,
  type TruncateSweeper,
  type TruncateSweeperDependencies,
  type TruncateSweeperOptions,
  createTruncateSweeper,
} from './truncate/sweeper.ts';
export { startProjector } from './start-projector.ts';
export type { ParkWork, RowWork, SettleWork, Work } from './work.ts';
