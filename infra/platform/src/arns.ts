import { PENDING_INDEX } from '@hybridge/protocol';
import type { Stack } from 'aws-cdk-lib';

/** ARNs made from names, in the account and region a stack is deployed to. */
export interface Arns {
  table(name: string): string;
  /** The work list of unanswered changes in a view table. */
  pendingIndex(tableName: string): string;
  /** Every index of a table. */
  indexes(tableName: string): string;
  /** Any stream of a table: its label is a time nobody knows beforehand. */
  streams(tableName: string): string;
  bus(name: string): string;
}

export function arnsOf(stack: Stack): Arns {
  const table = (name: string): string =>
    stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: name });
  return {
    table,
    pendingIndex: (tableName) => `${table(tableName)}/index/${PENDING_INDEX}`,
    indexes: (tableName) => `${table(tableName)}/index/*`,
    streams: (tableName) => `${table(tableName)}/stream/*`,
    bus: (name) => stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: name }),
  };
}
