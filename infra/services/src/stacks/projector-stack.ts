import { arnsOf } from '@hybridge/infra-platform';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { appPolicy } from './app-policy.ts';
import type { ServiceProps } from './service-props.ts';

/** The projector writes items, and reads the one a condition refused. */
export class ProjectorStack extends Stack {
  constructor(scope: Construct, id: string, { names, ...props }: ServiceProps) {
    super(scope, id, props);
    appPolicy(this, 'the projector', [
      { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [arnsOf(this).table(names.tableName)] },
    ]);
  }
}
