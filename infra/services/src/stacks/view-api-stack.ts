import { arnsOf } from '@hybridge/infra-platform';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { appPolicy } from './app-policy.ts';
import type { ServiceProps } from './service-props.ts';

/** The view API reads items and lists them, fills what is missing, and writes customers' changes into items. */
export class ViewApiStack extends Stack {
  constructor(scope: Construct, id: string, { names, ...props }: ServiceProps) {
    super(scope, id, props);
    appPolicy(this, 'the view API', [
      {
        actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
        resources: [arnsOf(this).table(names.tableName)],
      },
      { actions: ['dynamodb:Query'], resources: [arnsOf(this).indexes(names.tableName)] },
    ]);
  }
}
