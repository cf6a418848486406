export { DEFAULT_NAMES, type ResourceNames, queueNameOf } from '@hybridge/setup';
