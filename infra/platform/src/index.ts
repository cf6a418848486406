export { type Arns, arnsOf } from './arns.ts';
export { type PlatformProps, PlatformStack, type ViewTableIndex } from './platform-stack.ts';
export { DEFAULT_NAMES, type ResourceNames, queueNameOf } from './resource-names.ts';
