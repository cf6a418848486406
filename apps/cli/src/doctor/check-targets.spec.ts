import { ApplyCustomerChange } from '@hybridge/contracts';
import { DEFAULT_LIMITS, Meta, PENDING_INDEX } from '@hybridge/protocol';
import type { TableFacts } from '@hybridge/reader-dynamodb';
import { topicConfig } from '@hybridge/setup';
import { type BusFacts, checkBus } from './check-bus.ts';
import { checkClock } from './check-clock.ts';
import { checkReplica } from './check-replica.ts';
import { checkTopics } from './check-topics.ts';
import { checkViewTable } from './check-view-table.ts';
import type { Finding } from './finding.ts';
import { renderDiagnoses } from './render.ts';

const checks = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ severity, check }) => `${severity} ${check}`);

describe('checkViewTable', () => {
  const pending = { name: PENDING_INDEX, partitionKey: Meta.pendingSince, projection: 'KEYS_ONLY', isActive: true };
  const byStatus = { name: 'byStatus', partitionKey: '_byStatus_pk', sortKey: '_byStatus_sk' };
  const facts: TableFacts = {
    ...{ partitionKey: 'pk', sortKey: 'sk', streamView: 'NEW_AND_OLD_IMAGES', expiryAttribute: Meta.expiry },
    indexes: [pending, { ...byStatus, projection: 'ALL', isActive: true }],
  };
  const of = (more: Partial<TableFacts>) => checkViewTable('views', [byStatus], { ...facts, ...more });

  it('finds nothing where all is as the protocol needs it', () => {
    expect(of({})).toEqual([]);
  });

  it.each<[string, Partial<TableFacts>, string, string]>([
    ['other keys', { sortKey: 'range' }, 'dynamodb.keys', 'make another table'],
    ['a stream of new images', { streamView: 'NEW_IMAGE' }, 'dynamodb.stream', '--stream-specification'],
    ['expiry by another attribute', { expiryAttribute: 'ttl' }, 'dynamodb.expiry', `AttributeName=${Meta.expiry}`],
    ['an index missing', { indexes: [pending] }, 'dynamodb.index', '"IndexName":"byStatus"'],
    [
      'an index of other keys',
      { indexes: [pending, { ...pending, ...byStatus, sortKey: 'x', projection: 'ALL' }] },
      'dynamodb.index-shape',
      'delete it',
    ],
    [
      'an index of keys only',
      { indexes: [pending, { ...byStatus, projection: 'KEYS_ONLY', isActive: true }] },
      'dynamodb.index-shape',
      'delete it',
    ],
    [
      'an index not made yet',
      { indexes: [pending, { ...pending, ...byStatus, projection: 'ALL', isActive: false }] },
      'dynamodb.index-inactive',
      'wait',
    ],
  ])('finds %s', (_, more, check, fix) => {
    expect(of(more)).toMatchObject([{ severity: 'error', check, fix: expect.stringContaining(fix) as string }]);
  });

  it('finds no table', () => {
    expect(checks(checkViewTable('views', [], undefined))).toEqual(['error dynamodb.table']);
  });
});

describe('checkTopics', () => {
  const topic = (name: string, more: object = {}, config: Record<string, string> = {}) => ({
    ...{ topic: name, partitions: 6, replicationFactor: 3, config: { ...topicConfig({}).config, ...config } },
    ...more,
  });
  const DAY = 86_400_000;

  it('finds nothing where infra made them', () => {
    expect(checkTopics(['a', 'b'], [topic('a'), topic('b')])).toEqual([]);
  });

  it.each([
    ['a topic missing', [topic('a')], 'warning kafka.topic'],
    ['topics unlike each other', [topic('a'), topic('b', { partitions: 3 })], 'warning kafka.partitions'],
    ['one replica', [topic('a'), topic('b', { replicationFactor: 1 })], 'warning kafka.replication'],
    ['records for ever', [topic('a'), topic('b', {}, { 'retention.ms': '-1' })], 'error kafka.retention'],
    [
      'records as long as tombstones',
      [topic('a'), topic('b', {}, { 'retention.ms': String(DEFAULT_LIMITS.tombstoneTtlMs) })],
      'error kafka.retention',
    ],
    ['segments too long', [topic('a'), topic('b', {}, { 'segment.ms': String(3 * DAY) })], 'error kafka.retention'],
    ['compaction', [topic('a'), topic('b', {}, { 'cleanup.policy': 'compact' })], 'error kafka.cleanup'],
  ])('finds %s', (_, found, check) => {
    expect(checks(checkTopics(['a', 'b'], found))).toEqual([check]);
  });

  it('lets a record live as long as a tombstone less a segment', () => {
    const config = { 'retention.ms': String(DEFAULT_LIMITS.tombstoneTtlMs - DAY) };
    expect(checkTopics(['a'], [topic('a', {}, config)])).toEqual([]);
  });
});

describe('checkBus', () => {
  const pattern = JSON.stringify({
    source: [ApplyCustomerChange.source],
    'detail-type': [ApplyCustomerChange.detailType],
  });
  const rule = { name: 'commands', isEnabled: true, pattern, targets: [{ arn: 'arn:q', deadLetterArn: 'arn:d' }] };
  const queue = {
    arn: 'arn:q',
    visibilityTimeoutSeconds: 60,
    messages: 0,
    deadLetters: { arn: 'arn:d', maxReceiveCount: 10 },
  };
  const whole: BusFacts = { bus: 'hybridge', rules: [rule], queue: 'writeback', facts: queue };
  const { deadLetters: _, ...alone } = queue;

  it('finds nothing where commands reach the queue', () => {
    expect(checkBus(whole)).toEqual([]);
    expect(checkBus({ ...whole, rules: [{ ...rule, pattern: '' }, rule] })).toEqual([]);
  });

  it.each<[string, Partial<BusFacts>, string]>([
    ['no bus', { rules: undefined }, 'error bus.missing'],
    ['no queue', { facts: undefined }, 'error queue.missing'],
    ['no dead letters', { facts: alone }, 'error queue.dead-letters'],
    ['no rule', { rules: [] }, 'error bus.rule'],
    ['a rule that is off', { rules: [{ ...rule, isEnabled: false }] }, 'error bus.rule'],
    ['a rule for others', { rules: [{ ...rule, pattern: '{"detail-type":["Other"]}' }] }, 'error bus.rule'],
    ['a rule to elsewhere', { rules: [{ ...rule, targets: [{ arn: 'arn:x' }] }] }, 'error bus.rule'],
    [
      'a target without dead letters',
      { rules: [{ ...rule, targets: [{ arn: 'arn:q' }] }] },
      'warning bus.dead-letters',
    ],
  ])('finds %s', (_, more, check) => {
    expect(checks(checkBus({ ...whole, ...more }))).toEqual([check]);
  });
});

describe('clocks and replicas', () => {
  it('bears half a minute, and the time that asking took', () => {
    const at = (theirMs: number) => checks(checkClock('SQL', { beforeMs: 1_000_000, afterMs: 1_060_000, theirMs }));
    expect([at(970_000), at(1_030_000), at(1_090_000)]).toEqual([[], [], []]);
    expect([at(969_999), at(1_090_001)]).toEqual([['error clock.skew'], ['error clock.skew']]);
  });

  it('holds the lag of a standby against the life of a fence', () => {
    expect(checkReplica('shop', DEFAULT_LIMITS.fenceTtlMs / 10)).toEqual([]);
    expect(checks(checkReplica('shop', DEFAULT_LIMITS.fenceTtlMs / 10 + 1))).toEqual(['error replica.lag']);
    expect(checks(checkReplica('shop', undefined))).toEqual(['error replica.primary']);
  });
});

describe('renderDiagnoses', () => {
  it('puts errors first, each with its fix, and says what was not looked at', () => {
    const finding = (severity: Finding['severity'], check: string): Finding => ({
      ...{ severity, check, subject: 's', problem: 'p', fix: 'f' },
    });
    const text = renderDiagnoses([
      { of: 'source shop', findings: [finding('warning', 'w'), finding('error', 'e')] },
      { of: 'Kafka', skipped: 'give --kafka' },
      { of: 'view table', findings: [] },
    ]);
    expect(text.split('\n')).toEqual([
      ...['source shop:', '  error s: p [e]', '    fix: f', '  warning s: p [w]', '    fix: f'],
      ...['Kafka: not looked at; give --kafka', 'view table: as it should be', '1 error(s), 1 warning(s).'],
    ]);
  });
});
