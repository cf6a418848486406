import { createLogger } from '@hybridge/observability';
import { runApp } from '@hybridge/runtime';
import { readConfig } from './config.ts';
import { inspectOnce, startInspector } from './start.ts';

const config = readConfig();

if (process.argv.includes('--once')) {
  process.exitCode = (await inspectOnce(config)) === 0 ? 0 : 1;
} else {
  const logger = createLogger({ app: 'inspector', level: config.logLevel });
  await runApp(logger, (signal) => startInspector(config, logger, signal));
}
