import type { PostgresServer, Publication, ReplicationSlot } from '@hybridge/reader-schema';
import { sqlIdentifier, sqlTable } from '../schema/sql-text.ts';
import { type Finding, error, warning, when } from './finding.ts';

/** Older servers cannot publish a partitioned table as one. */
const OLDEST_VERSION = 130_000;
const MIB = 1_048_576;
/** Without a limit: so much log, kept for one reader, is worth a look. */
const MUCH_LOG_BYTES = 10_240 * MIB;

export interface PostgresCapture {
  readonly server: PostgresServer;
  readonly slotName: string;
  readonly slot: ReplicationSlot | undefined;
}

/** Settings of the server, and the slot the connector reads. */
export const checkPostgres = (source: string, capture: PostgresCapture): readonly Finding[] => [
  ...checkServer(source, capture.server),
  ...checkRoom(source, capture),
  ...(capture.slot === undefined ? missingSlot(source, capture) : checkSlot(source, capture, capture.slot)),
];

function checkServer(source: string, { isReplica, version, settings }: PostgresServer): readonly Finding[] {
  const walLevel = settings['wal_level'];
  return [
    ...when(isReplica, () =>
      error(source, [
        'postgres.primary',
        'this server is a standby: neither the slot nor the writeback can work here',
        'give the address of the primary as --sql-url',
      ]),
    ),
    ...when(version < OLDEST_VERSION, () =>
      error(source, [
        'postgres.version',
        `PostgreSQL ${Math.floor(version / 10_000)} cannot publish partitioned tables under their own name`,
        'upgrade to 13 or newer',
      ]),
    ),
    ...when(walLevel !== 'logical', () =>
      error(source, [
        'postgres.wal-level',
        `wal_level is ${walLevel}: the log has too little to read changes from`,
        "ALTER SYSTEM SET wal_level = 'logical' -- then restart the server; on RDS: rds.logical_replication = 1",
      ]),
    ),
    ...when(settings['max_slot_wal_keep_size'] === '-1', () =>
      warning(source, [
        'postgres.slot-limit',
        'max_slot_wal_keep_size is not set: a connector that stands still fills the disk of the database',
        "ALTER SYSTEM SET max_slot_wal_keep_size = '64GB'; SELECT pg_reload_conf();",
      ]),
    ),
  ];
}

function checkRoom(source: string, { server, slot }: PostgresCapture): readonly Finding[] {
  const { settings, usedSlots, usedSenders } = server;
  const slots = Number(settings['max_replication_slots']);
  const senders = Number(settings['max_wal_senders']);
  return [
    ...when(slot === undefined && usedSlots >= slots, () =>
      error(source, [
        'postgres.slots',
        `all ${slots} replication slots are taken, and the connector needs one`,
        `ALTER SYSTEM SET max_replication_slots = ${slots + 5} -- then restart the server`,
      ]),
    ),
    ...when(slot?.active !== true && usedSenders >= senders, () =>
      error(source, [
        'postgres.senders',
        `all ${senders} WAL senders are busy, and the connector needs one`,
        `ALTER SYSTEM SET max_wal_senders = ${senders + 5} -- then restart the server`,
      ]),
    ),
  ];
}

const missingSlot = (source: string, { slotName }: PostgresCapture): readonly Finding[] => [
  warning(source, [
    'postgres.slot',
    `there is no replication slot ${slotName} yet: nothing is captured`,
    'register the connector of the source, which makes it',
  ]),
];

function checkSlot(source: string, { server, slotName }: PostgresCapture, slot: ReplicationSlot): readonly Finding[] {
  const drop = `SELECT pg_drop_replication_slot('${slotName}')`;
  if (slot.walStatus === 'lost') {
    return [
      error(source, [
        'postgres.slot-lost',
        `slot ${slotName} is invalid: the server has removed log that was not read, and changes are missing`,
        `${drop} -- then raise the epoch of the connector and let it take a new snapshot`,
      ]),
    ];
  }
  return [
    ...when(slot.plugin !== 'pgoutput' || slot.database !== server.database, () =>
      error(source, [
        'postgres.slot-other',
        `slot ${slotName} is of plugin ${slot.plugin} in database ${slot.database}`,
        `${drop} -- the connector makes it anew with pgoutput in ${server.database}`,
      ]),
    ),
    ...when(!slot.active, () =>
      warning(source, [
        'postgres.slot-idle',
        `nobody reads slot ${slotName}: changes wait, and the server keeps its log for them`,
        `start the connector, or if the installation is gone: ${drop}`,
      ]),
    ),
    ...checkRetained(source, server, { ...slot, slotName }),
  ];
}

function checkRetained(
  source: string,
  { settings }: PostgresServer,
  { slotName, walStatus, retainedBytes = 0 }: ReplicationSlot & { readonly slotName: string },
): readonly Finding[] {
  const limitMiB = Number(settings['max_slot_wal_keep_size'] ?? -1);
  const limit = limitMiB < 0 ? undefined : limitMiB * MIB;
  const isMuch = retainedBytes > (limit === undefined ? MUCH_LOG_BYTES : limit / 2);
  if (!isMuch && walStatus !== 'unreserved') return [];
  const of = limit === undefined ? '' : ` of the ${limitMiB} MiB of max_slot_wal_keep_size`;
  return [
    (walStatus === 'unreserved' ? error : warning)(source, [
      'postgres.slot-behind',
      `the server keeps ${Math.round(retainedBytes / MIB)} MiB of log for slot ${slotName}${of}`,
      `let the connector catch up, or give it time: ALTER SYSTEM SET max_slot_wal_keep_size = '${Math.max(
        2 * limitMiB,
        65_536,
      )}MB'; SELECT pg_reload_conf();`,
    ]),
  ];
}

export interface PublicationNeeds {
  readonly name: string;
  /** Tables with the columns that views need of them, the inbox among them without any. */
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly isPartitioned: boolean;
  }[];
}

const OPERATIONS = ['insert', 'update', 'delete', 'truncate'];

/** Whether every change of every table gets out of the database. */
export function checkPublication(
  source: string,
  needs: PublicationNeeds,
  publication: Publication | undefined,
): readonly Finding[] {
  const name = sqlIdentifier(needs.name);
  const list = (tables: readonly { readonly name: string }[]): string =>
    tables.map((one) => sqlTable(one.name)).join(', ');
  if (publication === undefined) {
    return [
      error(source, [
        'postgres.publication',
        `there is no publication ${needs.name}`,
        `CREATE PUBLICATION ${name} FOR TABLE ${list(needs.tables)} WITH (publish_via_partition_root = true)`,
      ]),
    ];
  }
  const published = new Map(publication.tables.map((table) => [table.name, table]));
  const hidden = needs.tables.filter((table) => table.isPartitioned && !publication.viaRoot);
  const missing = needs.tables.filter((table) => !published.has(table.name) && !hidden.includes(table));
  const unpublished = OPERATIONS.filter((one) => !publication.operations.includes(one));
  return [
    ...when(missing.length > 0, () =>
      error(source, [
        'postgres.publication-tables',
        `publication ${needs.name} does not have ${missing.map((one) => one.name).join(', ')}: changes are not captured`,
        `ALTER PUBLICATION ${name} ADD TABLE ${list(missing)}`,
      ]),
    ),
    ...when(unpublished.length > 0, () =>
      error(source, [
        'postgres.publication-operations',
        `publication ${needs.name} does not tell of ${unpublished.join(', ')}`,
        `ALTER PUBLICATION ${name} SET (publish = '${OPERATIONS.join(', ')}')`,
      ]),
    ),
    ...when(hidden.length > 0, () =>
      error(source, [
        'postgres.publication-partitions',
        `publication ${needs.name} names partitions instead of ${hidden.map((one) => one.name).join(', ')}`,
        `ALTER PUBLICATION ${name} SET (publish_via_partition_root = true)`,
      ]),
    ),
    ...needs.tables.flatMap((table) => {
      const told = published.get(table.name);
      const lacks = table.columns.filter((column) => told?.columns?.includes(column) === false);
      return when(lacks.length > 0 || told?.filter !== undefined, () =>
        error(source, [
          'postgres.publication-parts',
          `publication ${needs.name} leaves ${lacks.length > 0 ? `columns ${lacks.join(', ')}` : 'rows'} of ${table.name} out`,
          `ALTER PUBLICATION ${name} DROP TABLE ${sqlTable(table.name)}; ` +
            `ALTER PUBLICATION ${name} ADD TABLE ${sqlTable(table.name)}`,
        ]),
      );
    }),
  ];
}
