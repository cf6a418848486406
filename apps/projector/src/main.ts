import { createLogger } from '@hybridge/observability';
import { runApp } from '@hybridge/runtime';
import { readConfig } from './config.ts';
import { startProjector } from './start-projector.ts';

const config = readConfig();
const logger = createLogger({ app: 'projector', level: config.logLevel });

await runApp(logger, (signal) => startProjector(config, logger, signal));
