/** The Kafka broker, which is its own KRaft controller. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { components } from '../../description.ts';
import { loopback } from '../../endpoints.ts';
import { log4jOption } from '../../install/resources.ts';
import { copyTree } from '../copy-tree.ts';
import { brokerProperties } from '../broker-properties.ts';
import { javaArguments, propertiesText } from '../java-command.ts';
import { childEnvironment } from '../native-component.ts';
import type { NativeComponent } from '../native-component.ts';

const startedLine = 'Kafka Server started';
const requestTimeoutMs = 2_000;

export const kafka: NativeComponent = {
  name: 'kafka',

  async prepare({ parts, ports, dataDirectory }) {
    if (!existsSync(join(dataDirectory, 'meta.properties'))) await copyTree(parts.kafkaTemplate, dataDirectory);
    await writeFile(propertiesFile(dataDirectory), propertiesText(brokerProperties(ports, dataDirectory)));
  },

  command({ parts, dataDirectory }) {
    return {
      file: parts.java,
      args: javaArguments({
        options: [...components.kafka.javaOptions, log4jOption()],
        classPath: parts.kafka,
        mainClass: 'kafka.Kafka',
        args: [propertiesFile(dataDirectory)],
      }),
      directory: dataDirectory,
      environment: childEnvironment(),
      stop: { signal: 'SIGTERM', graceMs: 8_000 },
    };
  },

  async isReady({ ports, logFile }) {
    // The port opens before the broker is unfenced, so its own word comes first.
    if (!(await readFile(logFile, 'utf8')).includes(startedLine)) return false;
    const client = new Kafka({
      brokers: [`${loopback}:${ports.kafka}`],
      logLevel: logLevel.NOTHING,
      connectionTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      retry: { retries: 0 },
    });
    const admin = client.admin();
    try {
      await admin.connect();
      return (await admin.describeCluster()).brokers.length === 1;
    } finally {
      await admin.disconnect();
    }
  },
};

function propertiesFile(dataDirectory: string): string {
  return `${dataDirectory}.properties`;
}
