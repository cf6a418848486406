export { type FaultOptions, parseOptions } from './options.ts';
