/** DynamoDB Local, in memory: a restart empties it. It has no option for its address and listens on all interfaces. */
import { dirname } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { access, components, dynamodbLocalOptions } from '../../description.ts';
import { endpointsOf } from '../../endpoints.ts';
import { log4jOption } from '../../install/resources.ts';
import { javaArguments } from '../java-command.ts';
import { childEnvironment } from '../native-component.ts';
import type { NativeComponent } from '../native-component.ts';

export const dynamodb: NativeComponent = {
  name: 'dynamodb',

  async prepare() {
    // In memory: there is no data directory.
  },

  command({ parts, ports, dataDirectory }) {
    return {
      file: parts.java,
      args: javaArguments({
        options: [...components.dynamodb.javaOptions, `-Dsqlite4java.library.path=${parts.dynamodb}`, log4jOption()],
        classPath: parts.dynamodb,
        mainClass: 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner',
        args: ['-port', String(ports.dynamodb), ...dynamodbLocalOptions],
      }),
      directory: dirname(dataDirectory),
      environment: childEnvironment({ DDB_LOCAL_TELEMETRY: '0' }),
      stop: { signal: 'SIGTERM', graceMs: 5_000 },
    };
  },

  async isReady({ ports }) {
    const {
      dynamodb: { endpoint },
    } = endpointsOf('native', ports);
    const client = new DynamoDBClient({
      endpoint,
      region: access.region,
      credentials: access.credentials,
      maxAttempts: 1,
    });
    try {
      const { TableNames } = await client.send(new ListTablesCommand({}));
      return TableNames !== undefined;
    } finally {
      client.destroy();
    }
  },
};
