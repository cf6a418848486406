/** Each component of the description as a compose service. */
import { access, components, dynamodbLocalOptions, initdbOptions, portDescriptions } from '../description.ts';
import type { ComponentName, PortName } from '../description.ts';
import { composeDatabasePorts, composeKafkaPort, loopback } from '../endpoints.ts';

export type Healthcheck = {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
};

export type Service = {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: 'service_healthy' }>>;
  readonly healthcheck: Healthcheck;
  readonly mem_limit: string;
};

type Particulars = Pick<Service, 'command' | 'environment' | 'ports'> & { readonly health: string };

/** Ports inside the compose network; the images' own. */
const innerPorts = {
  ...composeDatabasePorts,
  kafka: composeKafkaPort,
  kafkaController: 9093,
  connect: 8083,
  dynamodb: 8000,
  aws: 4566,
};
/** The listener that the host reaches; the broker advertises it under the published port. */
const kafkaHostPort = 19_092;
const healthIntervalSeconds = 2;

export function composeServices(): Readonly<Record<ComponentName, Service>> {
  return {
    postgres: service('postgres', postgresParticulars()),
    mariadb: service('mariadb', mariadbParticulars()),
    kafka: service('kafka', kafkaParticulars()),
    dynamodb: service('dynamodb', dynamodbParticulars()),
    aws: service('aws', awsParticulars()),
    connect: service('connect', connectParticulars()),
  };
}

function service(name: ComponentName, { health, ...particulars }: Particulars): Service {
  const { image, needs, memoryMb, readyTimeoutMs } = components[name];
  return {
    image,
    ...particulars,
    ...(needs.length > 0 && {
      depends_on: Object.fromEntries(needs.map((need) => [need, { condition: 'service_healthy' as const }])),
    }),
    healthcheck: {
      test: ['CMD-SHELL', health],
      interval: `${healthIntervalSeconds}s`,
      timeout: '10s',
      retries: Math.ceil(readyTimeoutMs / 1000 / healthIntervalSeconds),
    },
    mem_limit: `${memoryMb}m`,
  };
}

function postgresParticulars(): Particulars {
  const { database, adminUser, adminPassword } = access.postgres;
  return {
    command: [
      'postgres',
      ...Object.entries(components.postgres.settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    environment: {
      POSTGRES_DB: database,
      POSTGRES_USER: adminUser,
      POSTGRES_PASSWORD: adminPassword,
      POSTGRES_INITDB_ARGS: initdbOptions.join(' '),
    },
    ports: [publish('postgres', innerPorts.postgres)],
    // By TCP: the image's first, temporary server listens on a socket only.
    health: `pg_isready -h ${loopback} -U ${adminUser} -d ${database}`,
  };
}

function mariadbParticulars(): Particulars {
  const { database, adminPassword } = access.mariadb;
  return {
    command: Object.entries(components.mariadb.settings).map(([key, value]) => `--${key}=${value}`),
    environment: { MARIADB_ROOT_PASSWORD: adminPassword, MARIADB_DATABASE: database },
    ports: [publish('mariadb', innerPorts.mariadb)],
    // By TCP: the image's first, temporary server listens on a socket only.
    health: `mariadb-admin ping --protocol=tcp --host=${loopback} --user=root --password=${adminPassword}`,
  };
}

function kafkaParticulars(): Particulars {
  const settings = {
    ...components.kafka.settings,
    listeners: `INTERNAL://:${innerPorts.kafka},CONTROLLER://:${innerPorts.kafkaController},HOST://:${kafkaHostPort}`,
    'advertised.listeners': `INTERNAL://kafka:${innerPorts.kafka},HOST://${loopback}:${fromEnvironment('kafka')}`,
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,HOST:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.quorum.voters': `${components.kafka.settings['node.id']}@localhost:${innerPorts.kafkaController}`,
  };
  const entries = Object.entries(settings).map(([key, value]) => [environmentName('KAFKA_', key), value]);
  return {
    environment: { ...Object.fromEntries(entries), ...heap('KAFKA_HEAP_OPTS', 'kafka') },
    ports: [publish('kafka', kafkaHostPort)],
    health: `/opt/kafka/bin/kafka-topics.sh --bootstrap-server localhost:${innerPorts.kafka} --list > /dev/null`,
  };
}

/** The image's entry point has variables of its own for these, with defaults that would win over `CONNECT_…`. */
const namedByImage = new Set([
  'bootstrap.servers',
  'group.id',
  'key.converter',
  'value.converter',
  'config.storage.topic',
  'offset.storage.topic',
  'status.storage.topic',
  'offset.flush.interval.ms',
]);

function connectParticulars(): Particulars {
  const settings = { ...components.connect.settings, 'bootstrap.servers': `kafka:${innerPorts.kafka}` };
  const entries = Object.entries(settings).map(([key, value]) => [
    environmentName(namedByImage.has(key) ? '' : 'CONNECT_', key),
    value,
  ]);
  return {
    environment: { ...Object.fromEntries(entries), ...heap('HEAP_OPTS', 'connect') },
    ports: [publish('connect', innerPorts.connect)],
    health: `curl -sf http://localhost:${innerPorts.connect}/health`,
  };
}

function dynamodbParticulars(): Particulars {
  return {
    command: [...components.dynamodb.javaOptions, '-jar', 'DynamoDBLocal.jar', ...dynamodbLocalOptions],
    ports: [publish('dynamodb', innerPorts.dynamodb)],
    // It answers an unsigned request with 400, which is all that a shell can ask of it.
    health: `test $$(curl -s -o /dev/null -w '%{http_code}' http://localhost:${innerPorts.dynamodb}) = 400`,
  };
}

function awsParticulars(): Particulars {
  return {
    // Queue URLs must name the address at which the host reaches it.
    environment: { ...components.aws.settings, LOCALSTACK_HOST: `${loopback}:${fromEnvironment('aws')}` },
    ports: [publish('aws', innerPorts.aws)],
    health: `curl -sf http://localhost:${innerPorts.aws}/_localstack/health`,
  };
}

/** On loopback only. */
function publish(name: PortName, innerPort: number): string {
  return `${loopback}:${fromEnvironment(name)}:${innerPort}`;
}

function fromEnvironment(name: PortName): string {
  const { variable, defaultPort } = portDescriptions[name];
  return `\${${variable}:-${defaultPort}}`;
}

function environmentName(prefix: string, property: string): string {
  return prefix + property.toUpperCase().replaceAll('.', '_');
}

function heap(variable: string, name: ComponentName): Record<string, string> {
  return { [variable]: components[name].javaOptions.filter((option) => option.startsWith('-Xm')).join(' ') };
}
