import { Meta, PENDING_INDEX } from '@hybridge/protocol';
import type { IndexFacts, TableFacts } from '@hybridge/reader-dynamodb';
import type { Catalog } from '@hybridge/views';
import { type Finding, error, when } from './finding.ts';

const DEPLOY = 'cdk deploy hybridge-platform (infra/services)';

/** The view table as the protocol needs it: keys, stream, expiry, and the indexes of the catalog. */
export function checkViewTable(
  name: string,
  indexes: Catalog['indexes'],
  facts: TableFacts | undefined,
): readonly Finding[] {
  if (facts === undefined) {
    return [error(name, ['dynamodb.table', 'there is no such table', `${DEPLOY}, or another --table or --region`])];
  }
  const command = `aws dynamodb update-table --table-name ${name}`;
  return [
    ...when(facts.partitionKey !== 'pk' || facts.sortKey !== 'sk', () =>
      error(name, [
        'dynamodb.keys',
        `its keys are ${facts.partitionKey} and ${facts.sortKey ?? 'none'}, not pk and sk`,
        `make another table: ${DEPLOY}`,
      ]),
    ),
    ...when(facts.streamView !== 'NEW_AND_OLD_IMAGES', () =>
      error(name, [
        'dynamodb.stream',
        `its stream has ${facts.streamView ?? 'nothing'}, and the stream pipe compares both images`,
        `${command} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES` +
          (facts.streamView === undefined ? '' : ' (after StreamEnabled=false)'),
      ]),
    ),
    ...when(facts.expiryAttribute !== Meta.expiry, () =>
      error(name, [
        'dynamodb.expiry',
        `items expire by ${facts.expiryAttribute ?? 'nothing'}: fences and tombstones pile up, or live items go`,
        `aws dynamodb update-time-to-live --table-name ${name} ` +
          `--time-to-live-specification Enabled=true,AttributeName=${Meta.expiry}`,
      ]),
    ),
    ...checkIndex(name, { name: PENDING_INDEX, partitionKey: Meta.pendingSince, projection: 'KEYS_ONLY' }, facts),
    ...indexes.flatMap((index) => checkIndex(name, { ...index, projection: 'ALL' }, facts)),
  ];
}

type ExpectedIndex = Omit<IndexFacts, 'isActive'>;

function checkIndex(table: string, expected: ExpectedIndex, { indexes }: TableFacts): readonly Finding[] {
  const found = indexes.find((one) => one.name === expected.name);
  const subject = `${table}/${expected.name}`;
  if (found === undefined)
    return [error(subject, ['dynamodb.index', 'the table has no such index', addIndex(table, expected)])];
  const keys = (index: ExpectedIndex): string => [index.partitionKey, index.sortKey ?? 'no sort key'].join(', ');
  return [
    ...when(keys(found) !== keys(expected) || found.projection !== expected.projection, () =>
      error(subject, [
        'dynamodb.index-shape',
        `it has ${keys(found)} and projects ${found.projection}, not ${keys(expected)} and ${expected.projection}`,
        `delete it, then ${addIndex(table, expected)}`,
      ]),
    ),
    ...when(!found.isActive, () =>
      error(subject, ['dynamodb.index-inactive', 'it is still being made', 'wait until it is ACTIVE']),
    ),
  ];
}

function addIndex(table: string, { name, partitionKey, sortKey, projection }: ExpectedIndex): string {
  const keys = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])];
  const types = keys.map((key) => `AttributeName=${key},AttributeType=S`).join(' ');
  const create = {
    IndexName: name,
    KeySchema: keys.map((key, i) => ({ AttributeName: key, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    Projection: { ProjectionType: projection },
  };
  return (
    `${DEPLOY}, or aws dynamodb update-table --table-name ${table} --attribute-definitions ${types} ` +
    `--global-secondary-index-updates '${JSON.stringify([{ Create: create }])}'`
  );
}
