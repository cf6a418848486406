/** The emulator of EventBridge, SQS and CloudFormation: LocalStack in host mode, or MiniStack where it cannot run. */
import { mkdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { access, components } from '../../description.ts';
import { endpointsOf, loopback } from '../../endpoints.ts';
import { emulatorTitle } from '../../install/emulator.ts';
import { childEnvironment } from '../native-component.ts';
import type { ComponentContext, NativeComponent } from '../native-component.ts';
import { keepCatalog, takeCatalog } from './localstack-catalog.ts';

export const aws: NativeComponent = {
  name: 'aws',

  title: ({ parts }) => emulatorTitle(parts.aws.emulator),

  async prepare({ parts, dataDirectory }) {
    await mkdir(join(dataDirectory, 'tmp'), { recursive: true });
    if (parts.aws.emulator === 'localstack') await takeCatalog(partOf(parts), dataDirectory);
  },

  command(context) {
    const { emulator, python } = context.parts.aws;
    const [args, environment] =
      emulator === 'localstack'
        ? [['-m', 'localstack.runtime.main'], localstackEnvironment(context)]
        : [[join(dirname(python), 'ministack')], ministackEnvironment(context)];
    return {
      file: python,
      args,
      directory: context.dataDirectory,
      environment: childEnvironment({ TMPDIR: join(context.dataDirectory, 'tmp'), ...environment }),
      // It keeps nothing that an orderly end could save, and takes five seconds for one.
      stop: { signal: 'SIGKILL', graceMs: 6_000 },
    };
  },

  async isReady({ parts, ports, dataDirectory }) {
    const { endpoint } = endpointsOf('native', ports).aws;
    const health = await fetch(`${endpoint}/_${parts.aws.emulator}/health`);
    await health.arrayBuffer();
    if (!health.ok || !(await servicesAnswer(endpoint))) return false;
    if (parts.aws.emulator === 'localstack') await keepCatalog(partOf(parts), dataDirectory);
    return true;
  },
};

/** The installed emulator, an environment of Python. */
const partOf = ({ aws: { python } }: ComponentContext['parts']): string => dirname(dirname(python));

async function servicesAnswer(endpoint: string): Promise<boolean> {
  const options = { endpoint, region: access.region, credentials: access.credentials, maxAttempts: 1 };
  const events = new EventBridgeClient(options);
  const queues = new SQSClient(options);
  try {
    const { EventBuses } = await events.send(new ListEventBusesCommand({}));
    await queues.send(new ListQueuesCommand({}));
    return EventBuses !== undefined && EventBuses.length > 0;
  } finally {
    events.destroy();
    queues.destroy();
  }
}

function localstackEnvironment({ ports, dataDirectory }: ComponentContext): Record<string, string> {
  const address = `${loopback}:${ports.aws}`;
  return {
    ...components.aws.settings,
    // Its default server drops the host of an IPv4 address and listens on all interfaces; written as IPv6 it is obeyed.
    GATEWAY_LISTEN: hasIpv6() ? `[::ffff:${loopback}]:${ports.aws}` : address,
    LOCALSTACK_HOST: address,
    // A machine that looks like a container would make it write to /var/lib/localstack instead.
    OVERRIDE_IN_DOCKER: '0',
    FILESYSTEM_ROOT: dataDirectory,
  };
}

/** Undefined interfaces of that family: the system has IPv6 switched off. */
function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === 'IPv6'));
}

function ministackEnvironment({ ports, dataDirectory }: ComponentContext): Record<string, string> {
  return {
    BIND_HOST: loopback,
    GATEWAY_PORT: String(ports.aws),
    MINISTACK_HOST: loopback,
    MINISTACK_REGION: access.region,
    LOG_LEVEL: 'WARNING',
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    PERSIST_STATE: '0',
    STATE_DIR: join(dataDirectory, 'state'),
    S3_DATA_DIR: join(dataDirectory, 's3'),
    AWS_ACCESS_KEY_ID: access.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: access.region,
  };
}
