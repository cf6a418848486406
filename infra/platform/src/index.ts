export { type Arns, arnsOf } from './arns.ts';
export { type PlatformProps, PlatformStack } from './platform-stack.ts';
export { DEFAULT_NAMES, type ResourceNames } from './resource-names.ts';
