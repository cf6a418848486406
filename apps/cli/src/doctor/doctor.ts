import { catalog } from '@hybridge/definitions';
import { setting } from '@hybridge/runtime';
import { DEFAULT_NAMES } from '@hybridge/setup';
import type { Catalog } from '@hybridge/views';
import { type ConnectionFlags, readConfig } from '../config.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { type Terminal, toJson } from '../terminal.ts';
import { diagnoseConnectors } from './diagnose-connectors.ts';
import { diagnoseBus, diagnoseTopics, diagnoseViewTable } from './diagnose-targets.ts';
import { diagnoseSource } from './diagnose-source.ts';
import { type Diagnosis, hasErrors, renderDiagnoses } from './render.ts';

export const Part = { sql: 'sql', dynamodb: 'dynamodb', kafka: 'kafka', connect: 'connect', bus: 'bus' } as const;
export type Part = (typeof Part)[keyof typeof Part];

export interface DoctorRequest extends ConnectionFlags {
  readonly kafka?: string;
  readonly topicPrefix?: string;
  /** Base URL of Kafka Connect's REST interface. */
  readonly connect?: string;
  /** Of EventBridge and SQS. */
  readonly awsEndpoint?: string;
  readonly bus?: string;
  readonly queue?: string;
  readonly replicaUrl?: string;
  readonly skipUnchanged?: readonly string[];
  /** Default all. */
  readonly only?: readonly string[];
  readonly json: boolean;
}

/** Fails where something is an error. @throws CliError, ConfigError */
export async function doctor(
  request: DoctorRequest,
  terminal: Terminal,
  definitions: Catalog = catalog,
): Promise<ExitCode> {
  const config = readConfig(request, terminal.environment);
  const parts = partsOf(request);
  const diagnoses: Diagnosis[] = [];
  if (parts.includes(Part.sql)) diagnoses.push(...(await ofSources(definitions, request, config.sqlUrls)));
  if (parts.includes(Part.dynamodb)) {
    const findings = await diagnoseViewTable(definitions, config.tableName, config.dynamodb);
    diagnoses.push({ of: `view table ${config.tableName}`, findings });
  }
  if (parts.includes(Part.kafka)) diagnoses.push(await ofKafka(definitions, request, terminal));
  if (parts.includes(Part.connect)) diagnoses.push(await ofConnect(definitions, request, terminal));
  if (parts.includes(Part.bus)) diagnoses.push(await ofBus(definitions, request, config.dynamodb.region, terminal));
  terminal.out(request.json ? toJson({ sound: !hasErrors(diagnoses), diagnoses }) : renderDiagnoses(diagnoses));
  return hasErrors(diagnoses) ? ExitCode.failed : ExitCode.ok;
}

function partsOf({ only }: DoctorRequest): readonly string[] {
  const known: readonly string[] = Object.values(Part);
  const unknown = only?.find((one) => !known.includes(one));
  if (unknown === undefined) return only ?? known;
  throw new CliError(`--only ${unknown}: there are ${known.join(', ')}.`);
}

async function ofSources(
  definitions: Catalog,
  { replicaUrl, skipUnchanged }: DoctorRequest,
  urls: ReadonlyMap<string, string>,
): Promise<readonly Diagnosis[]> {
  const diagnoses: Diagnosis[] = [];
  for (const source of definitions.sources) {
    const of = `source ${source.name}`;
    const url = urls.get(source.name);
    if (url === undefined) {
      diagnoses.push({ of, skipped: `give --sql-url ${source.name}=…` });
      continue;
    }
    const options = {
      ...(replicaUrl === undefined ? {} : { replicaUrl }),
      ...(skipUnchanged === undefined ? {} : { skipUnchanged }),
    };
    diagnoses.push({ of, findings: await diagnoseSource({ catalog: definitions, source, url, ...options }) });
  }
  return diagnoses;
}

async function ofKafka(definitions: Catalog, request: DoctorRequest, { environment }: Terminal): Promise<Diagnosis> {
  const brokers = request.kafka ?? environment['HYBRIDGE_KAFKA_BROKERS'];
  if (brokers === undefined) return { of: 'Kafka', skipped: 'give --kafka <host:port,…> (HYBRIDGE_KAFKA_BROKERS)' };
  const place = { brokers: setting.list().parse(brokers), topicPrefix: request.topicPrefix ?? '' };
  return { of: 'Kafka', findings: await diagnoseTopics(definitions, place) };
}

async function ofConnect(definitions: Catalog, request: DoctorRequest, { environment }: Terminal): Promise<Diagnosis> {
  const url = request.connect ?? environment['HYBRIDGE_CONNECT_URL'];
  if (url === undefined) return { of: 'Kafka Connect', skipped: 'give --connect <url> (HYBRIDGE_CONNECT_URL)' };
  return { of: 'Kafka Connect', findings: await diagnoseConnectors(definitions, url.replace(/\/$/, ''), fetch) };
}

async function ofBus(
  definitions: Catalog,
  request: DoctorRequest,
  region: string,
  { environment }: Terminal,
): Promise<Diagnosis> {
  const endpoint = request.awsEndpoint ?? environment['HYBRIDGE_AWS_ENDPOINT'];
  const { bus = DEFAULT_NAMES.busName, queue = DEFAULT_NAMES.queueName } = request;
  const findings = await diagnoseBus(definitions, {
    ...{ region, bus, queue },
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  return { of: `bus ${bus} and queue ${queue}`, findings };
}
