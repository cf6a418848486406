import { createLogger } from '@hybridge/observability';
import { runApp } from '@hybridge/runtime';
import { readConfig } from './config.ts';
import { startWriteback } from './start.ts';

const config = readConfig();
const logger = createLogger({ app: 'writeback', level: config.logLevel });

await runApp(logger, (signal) => startWriteback(config, logger, signal));
