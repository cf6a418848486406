/** Kafka Connect in distributed mode, one worker, with the Debezium plugins. */
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { components } from '../../description.ts';
import type { Ports } from '../../description.ts';
import { endpointsOf, loopback } from '../../endpoints.ts';
import type { InstalledParts } from '../../install/installed-parts.ts';
import { log4jOption } from '../../install/resources.ts';
import { javaArguments, propertiesText } from '../java-command.ts';
import { childEnvironment } from '../native-component.ts';
import type { NativeComponent } from '../native-component.ts';

const requestTimeoutMs = 2_000;

export const connect: NativeComponent = {
  name: 'connect',

  async prepare({ parts, ports, dataDirectory }) {
    await writeFile(propertiesFile(dataDirectory), propertiesText(workerProperties(parts, ports)));
  },

  command({ parts, dataDirectory }) {
    return {
      file: parts.java,
      args: javaArguments({
        options: [...components.connect.javaOptions, log4jOption()],
        classPath: parts.kafka,
        mainClass: 'org.apache.kafka.connect.cli.ConnectDistributed',
        args: [propertiesFile(dataDirectory)],
      }),
      directory: dirname(dataDirectory),
      environment: childEnvironment(),
      stop: { signal: 'SIGTERM', graceMs: 8_000 },
    };
  },

  async isReady({ ports }) {
    // The port opens seconds before the worker has joined its group; /health says which.
    const response = await fetch(`${endpointsOf('native', ports).connect.url}/health`, {
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    await response.arrayBuffer();
    return response.status === 200;
  },
};

function workerProperties(parts: InstalledParts, ports: Ports): Record<string, string> {
  return {
    ...components.connect.settings,
    'bootstrap.servers': `${loopback}:${ports.kafka}`,
    listeners: endpointsOf('native', ports).connect.url,
    'rest.advertised.host.name': loopback,
    'rest.advertised.port': String(ports.connect),
    'plugin.path': parts.connectPlugins.join(','),
    // No scan of every class: all our plugins name themselves.
    'plugin.discovery': 'service_load',
  };
}

function propertiesFile(dataDirectory: string): string {
  return `${dataDirectory}.properties`;
}
