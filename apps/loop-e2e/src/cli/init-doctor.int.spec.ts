import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { type Finding, diagnoseSource, diagnoseTopics, diagnoseViewTable } from '@hybridge/cli';
import { SqlRole, ensureAccess, ensurePublication, migrate } from '@hybridge/infra-sql';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { Meta } from '@hybridge/protocol';
import type { Catalog, Source } from '@hybridge/views';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { NASTY_SCHEMA } from '../reader-schema/nasty-schema.ts';
import { type DefinitionsFolder, definitionsFolder, hybridge } from './generated-definitions.ts';

const NORTHWIND = readFileSync(path.resolve(__dirname, '../../fixtures/northwind/northwind.sql'), 'utf8');

describe('hybridge init and doctor on real parts', () => {
  let stack: LocalStack;
  let folder: DefinitionsFolder;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: ['postgres', 'dynamodb', 'kafka'] });
    process.env['AWS_ACCESS_KEY_ID'] = stack.endpoints.credentials.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = stack.endpoints.credentials.secretAccessKey;
    folder = definitionsFolder();
    await load('northwind', NORTHWIND);
    await load('nasty', NASTY_SCHEMA);
  });

  afterAll(async () => {
    folder?.[Symbol.dispose]();
    await stack?.stop();
  });

  const urlOf = (database: string): string => {
    const url = new URL(stack.endpoints.postgres.url);
    url.pathname = `/${database}`;
    return url.href;
  };

  async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const result: unknown = await client.query(text);
      return (result as { rows?: Record<string, unknown>[] }).rows ?? [];
    } finally {
      await client.end();
    }
  }

  async function load(database: string, sql: string): Promise<void> {
    await query(stack.endpoints.postgres.url, `CREATE DATABASE ${database}`);
    await query(urlOf(database), sql);
  }

  const init = (database: string, ...more: string[]) =>
    hybridge(['init', '--sql-url', urlOf(database), '--out', folder.at(database), ...more]);

  describe('init', () => {
    it('writes definitions for Northwind that compile, are formatted, and make a catalog', async () => {
      const { code, out, err } = await init('northwind');
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain(
        'orderDetails: public.order_details, 2155 rows → o1#ORDER#{order_id} / ORDER_DETAIL#{product_id}',
      );
      expect(await folder.problems('northwind')).toBe('');
      const catalog = await folder.catalog('northwind');
      expect(catalog.views.map(({ name }) => name)).toHaveLength(14);
      expect(catalog.indexes.map(({ name }) => name)).toEqual(['byCustomerDemographic', 'byProduct', 'byCustomer']);
      expect(catalog.byKey({ pk: 'o1#ORDER#10248', sk: 'ORDER_DETAIL#11' })?.view.name).toBe('orderDetails');
    });

    it('writes the same again, and nothing over what somebody changed', async () => {
      const again = await init('northwind', '--json');
      const { files } = JSON.parse(again.out) as { files: { state: string }[] };
      expect(new Set(files.map(({ state }) => state))).toEqual(new Set(['unchanged']));
      await query(urlOf('northwind'), 'ALTER TABLE shippers ADD COLUMN since date');
      const refused = await init('northwind');
      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.err).toMatch(/Nothing was written: \S+northwind\.ts, \S+shippers\.ts would change/);
      expect((await init('northwind', '--force')).code).toBe(0);
      await query(urlOf('northwind'), 'ALTER TABLE shippers DROP COLUMN since');
      expect((await init('northwind', '--force')).code).toBe(0);
    });

    it('uses, leaves out or refuses with a reason what schemas of strangers have', async () => {
      const { code, out, err } = await init('nasty', '--json');
      expect([code, err]).toEqual([0, '']);
      const { views, refused } = JSON.parse(out) as {
        views: { name: string; key: { pk: string; sk: string }; layout: string; leftOut: { name: string }[] }[];
        refused: { relation: string; reason: string; fix?: string }[];
      };
      expect(await folder.problems('nasty')).toBe('');
      expect((await folder.catalog('nasty')).views).toHaveLength(views.length);
      const view = (name: string) => views.find((one) => one.name === name);
      expect(view('wide')?.layout).toBe('document');
      expect(view('lineNotes')?.key).toEqual({
        pk: 'cr1#COLUMN_ROW#{region}#{number}',
        sk: 'LINE#{line}#LINE_NOTE#{at}',
      });
      expect(view('profiles')?.key).toEqual({ pk: 'ks1#KUNDEN_STAMM#{kunde}', sk: 'PROFILE' });
      expect(view('varcharChild')?.key.pk).toMatch(/VARCHAR_CHILD/);
      expect(view('kundenStamm')?.leftOut.map(({ name }) => name)).toEqual([
        'full_text',
        'tags',
        'place',
        'seen',
        'cost',
        'ip',
        'doc',
        'wake',
      ]);
      expect(refused.map(({ relation }) => relation)).toEqual([
        ...['public.array_key', 'public.generated_key', 'public.maybe_unique', 'public.no_key', 'public.odd_key'],
        ...['public.parents', 'public.recent', 'public.session_cache', 'public.text s', 'public.totals'],
        'public.unique_only',
      ]);
      expect(views.map(({ name }) => name)).toEqual(expect.arrayContaining(['events', 'heirs', 'uniqueIdentity']));
    });

    it('reads only the tables asked for', async () => {
      const { code, out } = await hybridge([
        ...['init', '--sql-url', `shop=${urlOf('northwind')}`, '--out', folder.at('few'), '--json'],
        ...['--schema', 'public', '--table', 'orders', 'public.order_details'],
      ]);
      expect(code).toBe(0);
      const { views, sources } = JSON.parse(out) as { views: { name: string }[]; sources: unknown };
      expect(views.map(({ name }) => name)).toEqual(['orderDetails', 'orders']);
      expect(sources).toEqual([{ name: 'shop', kind: 'postgres' }]);
    });

    it.each([
      [['--sql-url', 'oracle://db/x'], 1, 'begins with postgres:'],
      [['--sql-url', 'postgres://nobody@127.0.0.1:1/nothing'], 1, 'Cannot connect'],
      [['--sql-url', 'postgres://a/b', 'postgres://a/c'], 2, 'each needs its source'],
      [[], 2, 'is not named'],
    ])('says what is wrong with %j', async (args, code, told) => {
      const ended = await hybridge(['init', ...args, '--out', folder.at('never')]);
      expect([ended.code, ended.out]).toEqual([code, '']);
      expect(ended.err).toContain(told);
    });
  });

  describe('doctor of a source', () => {
    let catalog: Catalog;
    let source: Source;
    let url: string;

    beforeAll(async () => {
      url = urlOf('northwind');
      await init('northwind', '--force');
      catalog = await folder.catalog('northwind');
      source = catalog.sources[0] as Source;
    });

    const findings = (skipUnchanged: readonly string[] = []): Promise<readonly Finding[]> =>
      diagnoseSource({ catalog, source, url, skipUnchanged });
    const checks = async (): Promise<readonly string[]> => (await findings()).map(({ check }) => check);

    it('names everything that a fresh database lacks', async () => {
      const found = await checks();
      expect(found).toEqual(
        expect.arrayContaining(['postgres.slot', 'inbox.missing', 'postgres.publication', 'rights.role']),
      );
    });

    it('finds nothing but the connector missing once infra/sql has run', async () => {
      await migrate({ url, passwords: { [SqlRole.app]: 'a', [SqlRole.capture]: 'c' } });
      await ensurePublication({ url, catalog, source: source.name });
      await ensureAccess({ url, catalog, source: source.name });
      expect(await findings()).toEqual([expect.objectContaining({ check: 'postgres.slot', severity: 'warning' })]);
    });

    /** Each breaks one thing; what the finding says mends it, unless a person has to. */
    it.each([
      ['publication without a table', 'ALTER PUBLICATION hybridge DROP TABLE orders', 'postgres.publication-tables'],
      ['no publication', 'DROP PUBLICATION hybridge', 'postgres.publication'],
      [
        'publication without deletes',
        "ALTER PUBLICATION hybridge SET (publish = 'insert')",
        'postgres.publication-operations',
      ],
      [
        'publication without a column',
        'ALTER PUBLICATION hybridge DROP TABLE orders; ALTER PUBLICATION hybridge ADD TABLE orders (order_id)',
        'postgres.publication-parts',
      ],
      [
        'publication with a condition',
        'ALTER PUBLICATION hybridge DROP TABLE orders; ALTER PUBLICATION hybridge ADD TABLE orders WHERE (order_id > 1)',
        'postgres.publication-parts',
      ],
      ['no identity', 'ALTER TABLE orders REPLICA IDENTITY NOTHING', 'table.identity'],
      ['inbox without whole images', 'ALTER TABLE hybridge_inbox REPLICA IDENTITY DEFAULT', 'inbox.identity'],
      ['a right missing', 'REVOKE SELECT ON orders FROM hybridge_app', 'rights.missing'],
      ['a right of a column missing', 'REVOKE UPDATE (image) ON hybridge_inbox FROM hybridge_app', 'rights.missing'],
      ['capture that may not replicate', 'ALTER ROLE hybridge_capture NOREPLICATION', 'rights.replication'],
      ['an app that may not log in', 'ALTER ROLE hybridge_app NOLOGIN', 'rights.login'],
      ['somebody who may truncate', 'GRANT TRUNCATE ON orders TO hybridge_app', 'table.truncate'],
      [
        'another plugin',
        "SELECT pg_create_logical_replication_slot('hybridge_northwind', 'test_decoding')",
        'postgres.slot-other',
      ],
      ['no primary key', 'ALTER TABLE order_details DROP CONSTRAINT pk_order_details', 'table.no-key'],
      ['row security', 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY', 'rights.row-security'],
    ])('finds %s, and its fix mends it', async (_, breaking, check) => {
      await query(url, breaking);
      const found = (await findings()).filter((one) => one.check === check);
      expect(found).not.toEqual([]);
      for (const { fix } of found) await query(url, fix);
      expect(await checks()).not.toContain(check);
      expect((await findings()).filter(({ severity }) => severity === 'error')).toEqual([]);
    });

    it.each([
      [
        'a column that was renamed',
        'ALTER TABLE orders RENAME freight TO fracht',
        'ALTER TABLE orders RENAME fracht TO freight',
        { check: 'column.missing', subject: 'public.orders.freight' },
      ],
      [
        'a column of another type',
        'ALTER TABLE shippers ALTER phone TYPE int USING NULL',
        'ALTER TABLE shippers ALTER phone TYPE text',
        { check: 'column.type', subject: 'public.shippers.phone', fix: 'phone: nullable(int4())' },
      ],
      [
        'a column that became generated',
        'ALTER TABLE us_states DROP state_abbr, ADD state_abbr text GENERATED ALWAYS AS (upper(state_name)) STORED',
        'ALTER TABLE us_states ALTER state_abbr DROP EXPRESSION',
        { check: 'column.generated', subject: 'public.us_states.state_abbr' },
      ],
      [
        'a column that may be NULL now',
        'ALTER TABLE products ALTER product_name DROP NOT NULL',
        'ALTER TABLE products ALTER product_name SET NOT NULL',
        { check: 'column.nullable', severity: 'warning' },
      ],
      [
        'another primary key',
        'ALTER TABLE customer_customer_demo DROP CONSTRAINT pk_customer_customer_demo, ADD PRIMARY KEY (customer_id)',
        'ALTER TABLE customer_customer_demo DROP CONSTRAINT customer_customer_demo_pkey, ADD PRIMARY KEY (customer_id, customer_type_id)',
        { check: 'table.key', subject: 'public.customer_customer_demo' },
      ],
      [
        'a table that is gone',
        'ALTER TABLE region RENAME TO regions',
        'ALTER TABLE regions RENAME TO region',
        { check: 'table.missing', subject: 'public.region' },
      ],
      [
        'log kept for nobody',
        "SELECT pg_create_logical_replication_slot('hybridge_northwind', 'pgoutput')",
        "SELECT pg_drop_replication_slot('hybridge_northwind')",
        { check: 'postgres.slot-idle', severity: 'warning' },
      ],
    ])('finds %s', async (_, breaking, mending, expected) => {
      await query(url, breaking);
      expect(await findings()).toContainEqual(expect.objectContaining(expected));
      await query(url, mending);
      expect(await checks()).not.toContain(expected.check);
    });

    it('asks for the whole row where unchanged updates are to be skipped', async () => {
      const [found] = (await findings(['public.orders'])).filter(({ check }) => check === 'table.identity-full');
      await query(url, found?.fix ?? '');
      expect((await findings(['public.orders'])).map(({ check }) => check)).toEqual(['postgres.slot']);
    });

    it('wants partitions told as their root, and documents logged with the whole row', async () => {
      const nasty = await folder.catalog('nasty');
      const options = { catalog: nasty, source: nasty.sources[0] as Source, url: urlOf('nasty') };
      await migrate({ url: options.url });
      await ensurePublication({ ...options, source: 'nasty' });
      await ensureAccess({ ...options, source: 'nasty' });
      const errors = async () => (await diagnoseSource(options)).filter(({ severity }) => severity === 'error');
      expect(await errors()).toEqual([]);
      await query(options.url, 'ALTER PUBLICATION hybridge SET (publish_via_partition_root = false)');
      const [partitions] = await errors();
      expect(partitions).toMatchObject({ check: 'postgres.publication-partitions' });
      await query(options.url, partitions?.fix ?? '');
      expect(await errors()).toEqual([]);
      const [wide] = (await diagnoseSource(options)).filter(({ check }) => check === 'table.identity-toast');
      await query(options.url, wide?.fix ?? '');
      expect((await diagnoseSource(options)).map(({ check }) => check)).toEqual(['postgres.slot']);
    });

    it('reports a database that does not answer, and one of another kind', async () => {
      const dead = await diagnoseSource({ catalog, source, url: 'postgres://x:secret@127.0.0.1:1/none' });
      expect(dead).toEqual([expect.objectContaining({ check: 'source.unreachable' })]);
      expect(JSON.stringify(dead)).not.toContain('secret');
      const other = await diagnoseSource({ catalog, source: { ...source, kind: 'mariadb' }, url });
      expect(other).toEqual([expect.objectContaining({ check: 'source.kind' })]);
    });
  });

  describe('doctor of the targets', () => {
    const catalogOf = () => folder.catalog('northwind');
    const place = () => ({ region: stack.endpoints.region, endpoint: stack.endpoints.dynamodb.endpoint });

    it('misses the view table, then what the local one lacks, then nothing', async () => {
      const checks = async () =>
        (await diagnoseViewTable({ ...(await catalogOf()), indexes: [] }, 'hybridge-views', place())).map(
          ({ check }) => check,
        );
      expect(await checks()).toEqual(['dynamodb.table']);
      const { tableName } = await provisionTablesOnly(stack.endpoints); // nothing expires in the local stack
      expect(await checks()).toEqual(['dynamodb.expiry']);
      const dynamodb = new DynamoDBClient(place());
      const TimeToLiveSpecification = { Enabled: true, AttributeName: Meta.expiry };
      await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }));
      dynamodb.destroy();
      expect(await checks()).toEqual([]);
    });

    it('names what another table lacks', async () => {
      const own = await diagnoseViewTable(await catalogOf(), 'hybridge-views', place());
      expect(own.map(({ check, subject }) => `${check} ${subject}`)).toEqual([
        'dynamodb.index hybridge-views/byCustomerDemographic',
        'dynamodb.index hybridge-views/byProduct', // byCustomer is there: the demo's orders have it
      ]);
      const indexes = [{ name: 'byStatus', partitionKey: '_byStatus_pk', sortKey: '_byStatus_sk' }];
      expect(await diagnoseViewTable({ ...(await catalogOf()), indexes }, 'hybridge-views', place())).toEqual([
        expect.objectContaining({ check: 'dynamodb.index', subject: 'hybridge-views/byStatus' }),
      ]);
      const checkpoints = await diagnoseViewTable(await catalogOf(), 'hybridge-stream-pipe-checkpoints', place());
      expect(checkpoints.map(({ check }) => check)).toEqual(
        expect.arrayContaining(['dynamodb.keys', 'dynamodb.stream', 'dynamodb.index']),
      );
    });

    it('holds the life of records against that of tombstones', async () => {
      const catalog = await catalogOf();
      const { brokers } = stack.endpoints.kafka;
      const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      const topic = (name: string, numPartitions: number, days: number) => ({
        topic: name,
        numPartitions,
        configEntries: [
          { name: 'retention.ms', value: String(days * 86_400_000) },
          { name: 'segment.ms', value: '86400000' },
        ],
      });
      await admin.createTopics({
        waitForLeaders: true,
        topics: [topic('northwind.public.orders', 6, 5), topic('northwind.public.products', 3, 7)],
      });
      await admin.disconnect();
      const found = await diagnoseTopics(catalog, { brokers, topicPrefix: '' });
      const of = (check: string) => found.filter((one) => one.check === check).map(({ subject }) => subject);
      expect(of('kafka.retention')).toEqual(['northwind.public.products']);
      expect(of('kafka.partitions')).toEqual(['change topics']);
      expect(of('kafka.topic')).toContain('northwind.public.hybridge_inbox');
      expect(of('kafka.topic')).not.toContain('northwind.public.orders');
    });

    it('is a command: exit code 1 on errors, JSON on demand, parts that are not named left out', async () => {
      const environment = { HYBRIDGE_DYNAMODB_ENDPOINT: stack.endpoints.dynamodb.endpoint };
      const sound = await hybridge(['doctor', '--only', 'dynamodb', 'sql', 'kafka'], environment);
      expect(sound.out).toContain('view table hybridge-views: as it should be');
      expect(sound.out).toContain('not looked at; give --sql-url');
      expect(sound.code).toBe(0);
      const broken = await hybridge(['doctor', '--only', 'dynamodb', '--table', 'none', '--json'], environment);
      expect(broken.code).toBe(1);
      expect(JSON.parse(broken.out)).toMatchObject({
        sound: false,
        diagnoses: [{ findings: [{ check: 'dynamodb.table' }] }],
      });
      expect((await hybridge(['doctor', '--only', 'everything'])).code).toBe(2);
    });
  });
});
