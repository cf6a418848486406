export { type ServerDependencies, createServer } from './server.ts';
export { type Instruments, createInstruments } from './instruments.ts';
export { readConfig } from './config.ts';
