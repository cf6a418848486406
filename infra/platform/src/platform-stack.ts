import { Meta, PENDING_INDEX } from '@hybridge/protocol';
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { DEFAULT_NAMES, type ResourceNames } from './resource-names.ts';

/** How long events stay in the archive, for consumers that want them again. */
const ARCHIVE_RETENTION = Duration.days(14);

/** An index of the view table that some view has; both keys are texts. */
export interface ViewTableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

export interface PlatformProps extends StackProps {
  readonly names?: Partial<ResourceNames>;
  /** As the catalog has them; default none. DynamoDB adds one index to a table in each deployment. */
  readonly indexes?: readonly ViewTableIndex[];
}

/** What all apps share: the view table with its stream, and the event bus. */
export class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, { names = {}, indexes = [], ...props }: PlatformProps = {}) {
    super(scope, id, props);
    const { tableName, busName } = { ...DEFAULT_NAMES, ...names };
    addIndexes(viewTable(this, tableName), indexes);
    eventBus(this, busName);
  }
}

function viewTable(stack: Stack, tableName: string): Table {
  const table = new Table(stack, 'Views', {
    tableName,
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: Meta.expiry,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  table.addGlobalSecondaryIndex({
    indexName: PENDING_INDEX,
    partitionKey: { name: Meta.pendingSince, type: AttributeType.STRING },
    projectionType: ProjectionType.KEYS_ONLY,
  });
  return table;
}

/** Sparse: only items that a view wants in an index carry its keys. */
function addIndexes(table: Table, indexes: readonly ViewTableIndex[]): void {
  for (const { name, partitionKey, sortKey } of indexes) {
    table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
  }
}

function eventBus(stack: Stack, busName: string): void {
  const bus = new EventBus(stack, 'Bus', { eventBusName: busName });
  bus.archive('Archive', {
    archiveName: busName,
    description: 'Every event and command of Hybridge.',
    eventPattern: { account: [stack.account] },
    retention: ARCHIVE_RETENTION,
  });
}
