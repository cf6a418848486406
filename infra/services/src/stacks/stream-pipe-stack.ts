import { arnsOf } from '@hybridge/infra-platform';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { appPolicy } from './app-policy.ts';
import type { ServiceProps } from './service-props.ts';

/** The stream pipe follows the view table's stream, remembers how far it came, and puts events on the bus. */
export class StreamPipeStack extends Stack {
  constructor(scope: Construct, id: string, { names, ...props }: ServiceProps) {
    super(scope, id, props);
    new Table(this, 'Checkpoints', {
      tableName: names.checkpointTableName,
      partitionKey: { name: 'id', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const arns = arnsOf(this);
    appPolicy(this, 'the stream pipe', [
      { actions: ['dynamodb:DescribeTable'], resources: [arns.table(names.tableName)] },
      {
        actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        resources: [arns.streams(names.tableName)],
      },
      {
        actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
        resources: [arns.table(names.checkpointTableName)],
      },
      { actions: ['events:PutEvents'], resources: [arns.bus(names.busName)] },
    ]);
  }
}
