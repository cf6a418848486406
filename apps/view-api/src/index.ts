export { type ServerDependencies, createServer } from './server.ts';
export { type Authenticate, type TokenRules, createAuthenticate } from './auth/authenticate.ts';
export { type Limits, DEFAULT_LIMITS } from './limits.ts';
export { type Instruments, createInstruments } from './instruments.ts';
export { readConfig } from './config.ts';
