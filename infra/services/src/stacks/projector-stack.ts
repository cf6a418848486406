import { arnsOf } from '@hybridge/infra-platform';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { appPolicy } from './app-policy.ts';
import type { ServiceProps } from './service-props.ts';

const ITEMS = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:GetItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:Scan',
  'dynamodb:UpdateItem',
];

/** Parked keys, references of rows that are embedded, and jobs are items of the same table, listed by partition. */
const MARKS = ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'];

/** The projector writes items in batches or alone, reads the one a condition refused, sweeps, and keeps its marks. */
export class ProjectorStack extends Stack {
  constructor(scope: Construct, id: string, { names, ...props }: ServiceProps) {
    super(scope, id, props);
    appPolicy(this, 'the projector', [
      { actions: [...ITEMS, ...MARKS], resources: [arnsOf(this).table(names.tableName)] },
    ]);
  }
}
