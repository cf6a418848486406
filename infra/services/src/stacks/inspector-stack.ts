import { arnsOf } from '@hybridge/infra-platform';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { appPolicy } from './app-policy.ts';
import type { ServiceProps } from './service-props.ts';

/** The inspector compares items with SQL and announces old unanswered changes again. */
export class InspectorStack extends Stack {
  constructor(scope: Construct, id: string, { names, ...props }: ServiceProps) {
    super(scope, id, props);
    const arns = arnsOf(this);
    appPolicy(this, 'the inspector', [
      {
        actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Scan'],
        resources: [arns.table(names.tableName)],
      },
      { actions: ['dynamodb:Scan'], resources: [arns.pendingIndex(names.tableName)] },
      { actions: ['events:PutEvents'], resources: [arns.bus(names.busName)] },
    ]);
  }
}
