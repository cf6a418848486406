import type { PostgresServer, ReplicationSlot } from '@hybridge/reader-schema';
import { checkPostgres, checkPublication } from './check-postgres.ts';

const server = (settings: Record<string, string> = {}, more: Partial<PostgresServer> = {}): PostgresServer => ({
  version: 170_005,
  database: 'shop',
  isReplica: false,
  nowMs: 0,
  settings: {
    wal_level: 'logical',
    max_replication_slots: '10',
    max_wal_senders: '10',
    max_slot_wal_keep_size: '4096',
    ...settings,
  },
  usedSlots: 1,
  usedSenders: 1,
  ...more,
});

const SLOT: ReplicationSlot = {
  ...{ plugin: 'pgoutput', database: 'shop', active: true, walStatus: 'reserved', retainedBytes: 1_000 },
};

const told = (one: PostgresServer, slot: ReplicationSlot | undefined = SLOT) =>
  checkPostgres('shop', { server: one, slotName: 'hybridge_shop', slot }).map(
    ({ severity, check, fix }) => `${severity} ${check}: ${fix}`,
  );

describe('checkPostgres', () => {
  it('finds nothing where the connector runs', () => {
    expect(told(server())).toEqual([]);
  });

  it.each([
    [
      'too little log',
      server({ wal_level: 'replica' }),
      /error postgres.wal-level: ALTER SYSTEM SET wal_level = 'logical'/,
    ],
    ['a log without end', server({ max_slot_wal_keep_size: '-1' }), /warning postgres.slot-limit: ALTER SYSTEM/],
    ['a standby', server({}, { isReplica: true }), /error postgres.primary: .*primary/],
    ['an old server', server({}, { version: 120_009 }), /error postgres.version/],
  ])('finds %s', (_, one, finding) => {
    expect(told(one)).toEqual([expect.stringMatching(finding)]);
  });

  it('asks for room only where the connector has none yet', () => {
    const full = server({}, { usedSlots: 10, usedSenders: 10 });
    expect(told(full)).toEqual([]);
    const [slots, senders] = checkPostgres('shop', { server: full, slotName: 'hybridge_shop', slot: undefined });
    expect(slots?.fix).toContain('max_replication_slots = 15');
    expect(senders?.fix).toContain('max_wal_senders = 15');
  });

  it.each([
    ['lost', { walStatus: 'lost' }, /error postgres.slot-lost: SELECT pg_drop_replication_slot\('hybridge_shop'\)/],
    ['of another plugin', { plugin: 'wal2json' }, /error postgres.slot-other/],
    ['of another database', { database: 'crm' }, /error postgres.slot-other/],
    ['read by nobody', { active: false }, /warning postgres.slot-idle/],
    ['far behind', { retainedBytes: 3 * 2 ** 30 }, /warning postgres.slot-behind: .*'65536MB'/],
    ['about to be lost', { walStatus: 'unreserved' }, /error postgres.slot-behind/],
  ])('finds a slot that is %s', (_, more, finding) => {
    expect(told(server(), { ...SLOT, ...more })).toEqual([expect.stringMatching(finding)]);
  });
});

describe('checkPublication', () => {
  const needs = {
    name: 'hybridge',
    tables: [
      { name: 'public.orders', columns: ['id', 'user'], isPartitioned: false },
      { name: 'public.Odd', columns: ['id'], isPartitioned: true },
    ],
  };
  const publication = {
    allTables: false,
    operations: ['insert', 'update', 'delete', 'truncate'],
    viaRoot: true,
    tables: [
      { name: 'public.orders', columns: ['id', 'user'] },
      { name: 'public.Odd', columns: ['id'] },
    ],
  };
  const fixes = (one: Parameters<typeof checkPublication>[2]) =>
    checkPublication('shop', needs, one).map(({ fix }) => fix);

  it('finds nothing where all is told, and all where nothing is', () => {
    expect(fixes(publication)).toEqual([]);
    expect(fixes(undefined)).toEqual([
      'CREATE PUBLICATION hybridge FOR TABLE public.orders, public."Odd" WITH (publish_via_partition_root = true)',
    ]);
  });

  it('does not call a table missing whose partitions are told instead', () => {
    expect(fixes({ ...publication, viaRoot: false, tables: publication.tables.slice(0, 1) })).toEqual([
      'ALTER PUBLICATION hybridge SET (publish_via_partition_root = true)',
    ]);
  });

  it('finds columns and rows that are left out', () => {
    const [orders, odd] = publication.tables as [(typeof publication.tables)[0], (typeof publication.tables)[0]];
    const again =
      'ALTER PUBLICATION hybridge DROP TABLE public.orders; ALTER PUBLICATION hybridge ADD TABLE public.orders';
    expect(fixes({ ...publication, tables: [{ ...orders, columns: ['id'] }, odd] })).toEqual([again]);
    expect(fixes({ ...publication, tables: [{ ...orders, filter: 'id > 1' }, odd] })).toEqual([again]);
  });
});
