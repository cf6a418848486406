/**
 * The one description of the local stack: components, versions, images, ports, settings, readiness and memory.
 *
 * Both forms derive from it: `native/` runs these programs as processes, `compose/render-compose.ts` writes
 * `docker-compose.yml`. To add a component, add it here, then its parts (`install/`), its `native/components/` file and
 * its service in `compose/services.ts`.
 */

/** The components of the stack. `aws` is the emulator of EventBridge, SQS and CloudFormation. */
export const ComponentName = {
  postgres: 'postgres',
  kafka: 'kafka',
  connect: 'connect',
  dynamodb: 'dynamodb',
  aws: 'aws',
} as const;
export type ComponentName = (typeof ComponentName)[keyof typeof ComponentName];

/** Every port the stack listens on. */
export const PortName = {
  postgres: 'postgres',
  kafka: 'kafka',
  kafkaController: 'kafkaController',
  connect: 'connect',
  dynamodb: 'dynamodb',
  aws: 'aws',
} as const;
export type PortName = (typeof PortName)[keyof typeof PortName];

/** A port number for each port name. */
export type Ports = Readonly<Record<PortName, number>>;

export type PortDescription = {
  readonly component: ComponentName;
  /** Odd numbers away from every program's usual port, so that nothing else on the machine writes to our stack. */
  readonly defaultPort: number;
  /** The environment variable that changes it. */
  readonly variable: string;
};

export const portDescriptions: Readonly<Record<PortName, PortDescription>> = {
  postgres: { component: 'postgres', defaultPort: 25432, variable: 'HYBRIDGE_POSTGRES_PORT' },
  kafka: { component: 'kafka', defaultPort: 29592, variable: 'HYBRIDGE_KAFKA_PORT' },
  kafkaController: { component: 'kafka', defaultPort: 29593, variable: 'HYBRIDGE_KAFKA_CONTROLLER_PORT' },
  connect: { component: 'connect', defaultPort: 28583, variable: 'HYBRIDGE_CONNECT_PORT' },
  dynamodb: { component: 'dynamodb', defaultPort: 28000, variable: 'HYBRIDGE_DYNAMODB_PORT' },
  aws: { component: 'aws', defaultPort: 24566, variable: 'HYBRIDGE_AWS_PORT' },
};

/** The versions that were run together; `resources/artifacts.lock.json` and `resources/python/*` pin their files. */
export const versions = {
  kafka: '4.3.1',
  /** The Kafka poms bring slf4j without a binding; this one is added. */
  log4j: '2.25.4',
  debeziumPostgres: '3.7.0.Final',
  postgres: '17.5',
  postgresBinaries: '17.5.0',
  dynamodbLocal: '2.6.1',
  localstack: '4.14.0',
  ministack: '1.5.33',
} as const;

/** What both forms tell the clients: names and passwords of a stack that holds nothing of value. */
export const access = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  postgres: { database: 'shop', adminUser: 'postgres', adminPassword: 'postgres' },
} as const;

export type ComponentDescription = {
  /** What a person calls it. */
  readonly title: string;
  readonly image: string;
  /** Components that must be ready before this one starts. */
  readonly needs: readonly ComponentName[];
  readonly ports: readonly PortName[];
  /** Settings in the program's own words: `postgresql.conf`, `.properties` or environment. Equal in both forms. */
  readonly settings: Readonly<Record<string, string>>;
  /** Java options (heap and the like), for the components that are Java programs. */
  readonly javaOptions: readonly string[];
  /** Most memory the component was seen to use, in MiB, with room; the limit of its container. All together < 3 GiB. */
  readonly memoryMb: number;
  /** How long a start may take before it counts as failed, in milliseconds. */
  readonly readyTimeoutMs: number;
};

const smallJvm = ['-XX:+UseSerialGC', '-XX:ReservedCodeCacheSize=64m', '-Xss512k', '-Djava.awt.headless=true'];

export const components: Readonly<Record<ComponentName, ComponentDescription>> = {
  postgres: {
    title: `PostgreSQL ${versions.postgres}`,
    image: `postgres:${versions.postgres}`,
    needs: [],
    ports: ['postgres'],
    settings: {
      wal_level: 'logical',
      max_wal_senders: '10',
      max_replication_slots: '10',
      // A forgotten slot must not fill the disk.
      max_slot_wal_keep_size: '4GB',
      max_connections: '100',
      shared_buffers: '128MB',
      timezone: 'UTC',
      log_timezone: 'UTC',
    },
    javaOptions: [],
    memoryMb: 512,
    readyTimeoutMs: 60_000,
  },
  kafka: {
    title: `Kafka ${versions.kafka} (KRaft)`,
    image: `apache/kafka:${versions.kafka}`,
    needs: [],
    ports: ['kafka', 'kafkaController'],
    settings: {
      'process.roles': 'broker,controller',
      'node.id': '1',
      'controller.listener.names': 'CONTROLLER',
      // One node: everything that would be replicated is not.
      'offsets.topic.replication.factor': '1',
      'offsets.topic.num.partitions': '4',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'transaction.state.log.num.partitions': '4',
      'share.coordinator.state.topic.replication.factor': '1',
      'share.coordinator.state.topic.min.isr': '1',
      'share.coordinator.state.topic.num.partitions': '4',
      'default.replication.factor': '1',
      'min.insync.replicas': '1',
      'num.partitions': '4',
      'auto.create.topics.enable': 'true',
      'group.initial.rebalance.delay.ms': '0',
      'num.network.threads': '2',
      'num.io.threads': '4',
      'background.threads': '2',
      // 128 MiB of heap, taken at start, unless told otherwise.
      'log.cleaner.dedupe.buffer.size': '4194304',
      'log.segment.bytes': '134217728',
    },
    javaOptions: ['-Xms64m', '-Xmx256m', '-XX:MaxMetaspaceSize=128m', ...smallJvm],
    memoryMb: 512,
    readyTimeoutMs: 120_000,
  },
  connect: {
    title: `Kafka Connect ${versions.kafka} with Debezium ${versions.debeziumPostgres}`,
    image: 'quay.io/debezium/connect:3.7',
    needs: ['kafka'],
    ports: ['connect'],
    settings: {
      'group.id': 'hybridge-connect',
      'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'key.converter.schemas.enable': 'false',
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'value.converter.schemas.enable': 'false',
      'config.storage.topic': '_connect_configs',
      'offset.storage.topic': '_connect_offsets',
      'status.storage.topic': '_connect_status',
      'config.storage.replication.factor': '1',
      'offset.storage.replication.factor': '1',
      'status.storage.replication.factor': '1',
      'offset.storage.partitions': '1',
      'status.storage.partitions': '1',
      'offset.flush.interval.ms': '5000',
      // Connectors tune their own producer (linger, batch) through producer.override.*.
      'connector.client.config.override.policy': 'All',
      // One worker: nothing to wait for when it comes back.
      'scheduled.rebalance.max.delay.ms': '0',
    },
    javaOptions: ['-Xms64m', '-Xmx512m', '-XX:MaxMetaspaceSize=192m', ...smallJvm],
    memoryMb: 896,
    readyTimeoutMs: 180_000,
  },
  dynamodb: {
    title: `DynamoDB Local ${versions.dynamodbLocal}`,
    image: `amazon/dynamodb-local:${versions.dynamodbLocal}`,
    needs: [],
    ports: ['dynamodb'],
    settings: {},
    javaOptions: ['-Xms64m', '-Xmx512m', '-XX:+UseSerialGC', '-Djava.awt.headless=true'],
    memoryMb: 768,
    readyTimeoutMs: 120_000,
  },
  aws: {
    title: `LocalStack ${versions.localstack}`,
    image: `localstack/localstack:${versions.localstack}`,
    needs: [],
    ports: ['aws'],
    settings: {
      SERVICES: 'events,sqs,cloudformation,iam,sts,ssm',
      EAGER_SERVICE_LOADING: '1',
      STRICT_SERVICE_LOADING: '1',
      // Queue URLs name LOCALSTACK_HOST itself, which resolves without a name server.
      SQS_ENDPOINT_STRATEGY: 'off',
      // Nothing leaves the machine: no usage report, no certificate download, no name server.
      DISABLE_EVENTS: '1',
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DNS_ADDRESS: '0',
    },
    javaOptions: [],
    memoryMb: 768,
    readyTimeoutMs: 180_000,
  },
};

/** Options of DynamoDB Local, the same in both forms. On disk its writes are five times slower. */
export const dynamodbLocalOptions = ['-inMemory', '-sharedDb', '-disableTelemetry'] as const;

/** How a PostgreSQL cluster is initialised: one locale that is the same on every machine and in the container. */
export const initdbOptions = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
] as const;

/** All components in an order in which each comes after what it needs. */
export const componentNames: readonly ComponentName[] = ['postgres', 'kafka', 'dynamodb', 'aws', 'connect'];

/** The asked components and everything they need, in start order. */
export function withNeeds(names: readonly ComponentName[]): readonly ComponentName[] {
  const wanted = new Set<ComponentName>();
  const add = (name: ComponentName): void => {
    components[name].needs.forEach(add);
    wanted.add(name);
  };
  names.forEach(add);
  return componentNames.filter((name) => wanted.has(name));
}
