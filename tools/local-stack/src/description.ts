/**
 * The one description of the local stack: components, versions, images, ports, settings, readiness and memory.
 *
 * Both forms derive from it: `native/` runs these programs as processes, `compose/render-compose.ts` writes
 * `docker-compose.yml`. To add a component, add it here and in `settings.ts`, then its parts (`install/`), its
 * `native/components/` file and its service in `compose/services.ts`.
 */
import { settings } from './settings.ts';

/** The components of the stack. `aws` is the emulator of EventBridge, SQS and CloudFormation. */
export const ComponentName = {
  postgres: 'postgres',
  mariadb: 'mariadb',
  kafka: 'kafka',
  connect: 'connect',
  dynamodb: 'dynamodb',
  aws: 'aws',
} as const;
export type ComponentName = (typeof ComponentName)[keyof typeof ComponentName];

/** Every port the stack listens on. */
export const PortName = {
  postgres: 'postgres',
  mariadb: 'mariadb',
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
  mariadb: { component: 'mariadb', defaultPort: 23306, variable: 'HYBRIDGE_MARIADB_PORT' },
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
  mariadb: '11.4.5',
  debeziumMariadb: '3.5.0.Final',
  dynamodbLocal: '2.6.1',
  localstack: '4.14.0',
  ministack: '1.5.33',
} as const;

/** What both forms tell the clients: names and passwords of a stack that holds nothing of value. */
export const access = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  postgres: { database: 'shop', adminUser: 'postgres', adminPassword: 'postgres' },
  mariadb: { database: 'stockroom', adminUser: 'root', adminPassword: 'root' },
} as const;

export type ComponentDescription = {
  /** What a person calls it. */
  readonly title: string;
  readonly image: string;
  /** Components that must be ready before this one starts. */
  readonly needs: readonly ComponentName[];
  readonly ports: readonly PortName[];
  /** Settings in the program's own words: `postgresql.conf`, options, `.properties` or environment. Equal in both forms. */
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
    settings: settings.postgres,
    javaOptions: [],
    memoryMb: 512,
    readyTimeoutMs: 60_000,
  },
  mariadb: {
    title: `MariaDB ${versions.mariadb}`,
    image: `mariadb:${versions.mariadb}`,
    needs: [],
    ports: ['mariadb'],
    settings: settings.mariadb,
    javaOptions: [],
    memoryMb: 512,
    readyTimeoutMs: 60_000,
  },
  kafka: {
    title: `Kafka ${versions.kafka} (KRaft)`,
    image: `apache/kafka:${versions.kafka}`,
    needs: [],
    ports: ['kafka', 'kafkaController'],
    settings: settings.kafka,
    javaOptions: ['-Xms64m', '-Xmx256m', '-XX:MaxMetaspaceSize=128m', ...smallJvm],
    memoryMb: 512,
    readyTimeoutMs: 120_000,
  },
  connect: {
    title: `Kafka Connect ${versions.kafka} with Debezium ${versions.debeziumPostgres}`,
    image: 'quay.io/debezium/connect:3.7',
    needs: ['kafka'],
    ports: ['connect'],
    settings: settings.connect,
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
    settings: settings.aws,
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

/** How the system tables of MariaDB are made. Names and passwords come with the template (`install/templates.ts`). */
export const mariadbInstallOptions = ['--auth-root-authentication-method=normal', '--skip-test-db'] as const;

/** All components in an order in which each comes after what it needs. */
export const componentNames: readonly ComponentName[] = ['postgres', 'mariadb', 'kafka', 'dynamodb', 'aws', 'connect'];

/** What a stack has when nobody says which: MariaDB only where a source is one. */
export const defaultComponents: readonly ComponentName[] = componentNames.filter(
  (name) => name !== ComponentName.mariadb,
);

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
