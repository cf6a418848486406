import { createDynamoDbClient, readTableFacts } from '@hybridge/reader-dynamodb';
import { silentLogger } from '@hybridge/observability';
import { type RuleFacts, createEventBridgeClient, readBusRules } from '@hybridge/sink-eventbridge';
import { createKafkaClient, readTopicFacts } from '@hybridge/source-kafka';
import { type QueueFacts, createSqsClient, readQueueFacts } from '@hybridge/source-sqs';
import { queueNameOf } from '@hybridge/setup';
import type { Catalog } from '@hybridge/views';
import { checkBus } from './check-bus.ts';
import { checkClock } from './check-clock.ts';
import { checkTopics } from './check-topics.ts';
import { checkViewTable } from './check-view-table.ts';
import type { Finding } from './finding.ts';
import { unlessUnreachable } from './unless-unreachable.ts';

export interface AwsPlace {
  readonly region: string;
  /** Another address than that of AWS. */
  readonly endpoint?: string;
}

/** Never throws: a service that does not answer is a finding. */
export async function diagnoseViewTable(
  catalog: Catalog,
  tableName: string,
  place: AwsPlace,
): Promise<readonly Finding[]> {
  const client = createDynamoDbClient(place);
  return unlessUnreachable('DynamoDB', async () => {
    try {
      const beforeMs = Date.now();
      const facts = await readTableFacts(client, tableName);
      // The header has whole seconds, and time passed until we looked.
      const clock = { beforeMs: beforeMs - 1_000, afterMs: Date.now() + 1_000, theirMs: facts?.serverMs ?? beforeMs };
      return [...checkViewTable(tableName, catalog.indexes, facts), ...checkClock('DynamoDB', clock)];
    } finally {
      client.destroy();
    }
  });
}

export interface KafkaPlace {
  readonly brokers: readonly string[];
  /** Before `<source>.<schema>.<table>`. */
  readonly topicPrefix: string;
}

/** Never throws. */
export const diagnoseTopics = (catalog: Catalog, { brokers, topicPrefix }: KafkaPlace): Promise<readonly Finding[]> =>
  unlessUnreachable('Kafka', async () => {
    const kafka = createKafkaClient({ brokers, clientId: 'hybridge-doctor', logger: silentLogger() });
    const topics = topicsOf(catalog).map((topic) => `${topicPrefix}${topic}`);
    return checkTopics(topics, await readTopicFacts(kafka, topics));
  });

const topicsOf = (catalog: Catalog): readonly string[] =>
  catalog.sources.flatMap(({ name }) => [
    ...catalog.tables.filter(({ source }) => source.name === name).map((table) => `${name}.${table.name}`),
    `${name}.${catalog.inboxOf(name)}`,
  ]);

export interface BusPlace extends AwsPlace {
  readonly bus: string;
  readonly queue: string;
}

/** Never throws. */
export async function diagnoseBus(catalog: Catalog, place: BusPlace): Promise<readonly Finding[]> {
  const events = createEventBridgeClient(place);
  const sqs = createSqsClient(place);
  return unlessUnreachable('EventBridge and SQS', async () => {
    try {
      const rules: readonly RuleFacts[] | undefined = await readBusRules(events, place.bus);
      const queues = catalog.sources.map(({ name }) =>
        queueNameOf({ queueName: place.queue }, name, catalog.sources.length),
      );
      const facts: (QueueFacts | undefined)[] = [];
      for (const queue of queues) facts.push(await readQueueFacts(sqs, queue));
      return queues
        .flatMap((queue, i) => checkBus({ bus: place.bus, rules, queue, facts: facts[i] }))
        .filter((one, i, all) => all.findIndex((other) => sameFinding(one, other)) === i);
    } finally {
      events.destroy();
      sqs.destroy();
    }
  });
}

const sameFinding = (a: Finding, b: Finding): boolean =>
  a.check === b.check && a.subject === b.subject && a.problem === b.problem;
