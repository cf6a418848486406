/** The templates that AWS gets, split into what each emulator can make. */
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Template, TemplateResource, Templates } from '@hybridge/infra-services';
import { ProvisionError } from './errors.ts';

/** What the emulator of EventBridge and SQS takes. Left out: tables (DynamoDB Local has them), archives, IAM. */
const emulatedTypes: ReadonlySet<string> = new Set([
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
]);

const tableTypes: ReadonlySet<string> = new Set(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable']);

/** Fields that CreateTable and the template spell alike. */
const sharedFields = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
];

/** Stack name → template with only what the emulator takes; stacks with nothing left are left out. Keeps the order. */
export function emulatedTemplates(templates: Templates): Templates {
  return Object.fromEntries(
    Object.entries(templates)
      .map(([name, template]) => [name, emulatedPart(template)] as const)
      .filter(([, { Resources }]) => Object.keys(Resources).length > 0),
  );
}

function emulatedPart({ Resources }: Template): Template {
  return { Resources: Object.fromEntries(Object.entries(Resources).filter(([, { Type }]) => emulatedTypes.has(Type))) };
}

/**
 * CreateTable requests for every table of the templates. TTL and point-in-time recovery are not asked for: DynamoDB Local
 * deletes nothing in time, and readers must not depend on it anyway.
 *
 * @throws ProvisionError for a table without a literal name.
 */
export function tableRequests(templates: Templates): readonly CreateTableCommandInput[] {
  return Object.values(templates)
    .flatMap(({ Resources }) => Object.values(Resources))
    .filter(({ Type }) => tableTypes.has(Type))
    .map(tableRequest);
}

function tableRequest({ Properties = {} }: TemplateResource): CreateTableCommandInput {
  if (typeof Properties['TableName'] !== 'string') {
    throw new ProvisionError({
      what: `A template has a table without a literal name: ${JSON.stringify(Properties['TableName'])}.`,
      fix: 'give the table a name in its stack.',
    });
  }
  const stream = Properties['StreamSpecification'] as object | undefined;
  return {
    ...Object.fromEntries(sharedFields.filter((name) => name in Properties).map((name) => [name, Properties[name]])),
    ...(stream === undefined ? {} : { StreamSpecification: { StreamEnabled: true, ...stream } }),
  } as CreateTableCommandInput;
}
