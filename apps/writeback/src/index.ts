export { startWriteback } from './start.ts';
export { type WritebackConfig, readConfig } from './config.ts';
