/** Schemas of strangers, on both kinds of database: what init writes of them compiles, starts, and shows every row. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Finding, diagnoseSource } from '@hybridge/cli';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import type { Catalog, Source } from '@hybridge/views';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { type DefinitionsFolder, definitionsFolder, hybridge } from '../cli/generated-definitions.ts';
import { adopt, faultsOf, openDatabase } from './adopted-database.ts';

let stack: LocalStack;
let folder: DefinitionsFolder;

beforeAll(async () => {
  const components = ['postgres', 'mariadb', 'kafka', 'connect', 'dynamodb'] as const;
  stack = await startStack({ form: 'native', ports: 'free', components });
  process.env['AWS_ACCESS_KEY_ID'] = stack.endpoints.credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = stack.endpoints.credentials.secretAccessKey;
  folder = definitionsFolder();
});

afterAll(async () => {
  folder?.[Symbol.dispose]();
  await stack?.stop();
});

const fixture = (file: string): string =>
  readFileSync(path.resolve(__dirname, '../../fixtures/inherited', file), 'utf8');

async function postgres(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

async function newDatabase(name: string): Promise<string> {
  await postgres(stack.endpoints.postgres.url, `CREATE DATABASE ${name}`);
  return stack.endpoints.postgres.url.replace(/[^/]*$/, name);
}

async function mariadb(url: string, text: string): Promise<void> {
  const uri = url.replace(/^mariadb:/, 'mysql:');
  const client = await createConnection({ uri, multipleStatements: true });
  await client.query(text).finally(() => client.end());
}

interface Written {
  readonly catalog: Catalog;
  readonly joins: Readonly<Record<string, readonly string[]>>;
  readonly refused: readonly string[];
  /** All comments, one line each. */
  readonly text: string;
}

async function init(name: string, url: string, ...more: readonly string[]): Promise<Written> {
  const out = folder.at(name);
  const {
    code,
    out: told,
    err,
  } = await hybridge(['init', '--sql-url', `${name}=${url}`, '--out', out, '--json', ...more]);
  expect([code, err]).toEqual([0, '']);
  expect(await folder.problems(name)).toBe('');
  const { views, refused, files } = JSON.parse(told) as {
    views: { name: string; embeds: string[]; collects: string[] }[];
    refused: { relation: string }[];
    files: { path: string }[];
  };
  const joins = views.map(
    ({ name: view, embeds, collects }) => [view, [...embeds, ...collects.map((one) => `[${one}]`)]] as const,
  );
  return {
    catalog: await folder.catalog(name),
    joins: Object.fromEntries(joins.filter(([, all]) => all.length > 0)),
    refused: refused.map(({ relation }) => relation),
    text: files
      .map((file) => readFileSync(path.join(out, file.path), 'utf8'))
      .join('\n')
      .replaceAll(/\n\s*\/\/ /g, ' '),
  };
}

/** Starts what was written, makes the changes, and holds all against SQL before and after. */
async function run(catalog: Catalog, url: string, changes: () => Promise<void>): Promise<void> {
  await openDatabase({ stack, catalog, url });
  const [source] = catalog.sources as readonly [Source];
  const errors = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === 'error');
  expect(errors(await diagnoseSource({ catalog, source, url, skipUnchanged: [] }))).toEqual([]);
  await using adopted = await adopt({ stack, catalog, url });
  expect(faultsOf(await adopted.compare())).toEqual([]);
  await changes();
  expect(faultsOf(await adopted.compare())).toEqual([]);
}

describe('PostgreSQL', () => {
  it('a chain of film shops: two references to one table, pairs, circles, links, partitions', async () => {
    const url = await newDatabase('films');
    await postgres(url, fixture('film-rental.sql'));
    const { catalog, joins, refused } = await init('films', url);
    expect(refused).toEqual(['public.film_list', 'public.sales']);
    expect(joins).toMatchObject({
      film: ['language', 'originalLanguage', 'sequelOfFilm', '[filmActor]', '[filmCategory]', '[filmCopy]'],
      staff: ['shop', 'boss'],
      shop: ['manager'],
      filmActor: ['actor'],
      filmCategory: ['category'],
      city: ['country'],
    });
    await run(catalog, url, () =>
      postgres(
        url,
        `UPDATE language SET name = 'Flemish' WHERE language_id = 1;
         UPDATE film SET original_language_id = language_id, sequel_of = NULL WHERE film_id % 2 = 0;
         UPDATE staff SET last_name = 'Zed', shop_id = 1 WHERE staff_id IN (2, 4);
         UPDATE shop SET manager_id = 9 WHERE shop_id = 3;
         UPDATE country SET country = upper(country);
         DELETE FROM film_category WHERE film_id < 10;
         DELETE FROM category WHERE category_id = 1 AND NOT EXISTS (SELECT FROM film_category WHERE category_id = 1);
         UPDATE payment SET amount = amount + 1, paid_on = paid_on + 30 WHERE payment_id % 7 = 0`,
      ),
    );
  });

  it('an old factory: odd names, keys of several columns, references that cannot be followed', async () => {
    const url = await newDatabase('factory');
    await postgres(url, fixture('odd-factory.sql'));
    const { catalog, joins, refused, text } = await init('factory', url);
    expect(refused).toEqual(['public.log_lines', 'public.part#s', 'public.price.list']);
    expect(joins).toMatchObject({
      machines: ['embedRow', 'viewRow', 'hallDetails'],
      publicParts: ['replacedByPublicPart', '[seenParts]'],
      team: ['captain'],
      member: ['team'],
      readings: ['hallDetails'],
    });
    for (const reason of [
      'list_id → public.price.list, which is no view: a topic is named after it',
      'hall_name → halls: not embedded: it refers to Name, and rows are found by hall only',
      'mood → moods: not embedded: SQL compares mood by no_case',
    ]) {
      expect(text).toContain(reason);
    }
    await run(catalog, url, () =>
      postgres(
        url,
        `UPDATE "CUSTOMERS-OLD" SET "NAME" = 'again ' || "ID";
         UPDATE shift SET leader = 'X#1' WHERE number = 1;
         UPDATE parts SET name = name || '!';
         UPDATE "Stock".halls SET "Name" = 'Far north' WHERE hall = 1 AND NOT EXISTS (SELECT FROM gate WHERE hall_name = 'North');
         UPDATE "Stock".halls SET "Name" = 'Deep south' WHERE hall = 2;
         UPDATE readings SET hall = 2, sensor_7 = 7 WHERE reading_id < 9;
         UPDATE embed SET "Description" = 'Turns';
         UPDATE team SET captain_id = 9; UPDATE member SET full_name = 'Nine' WHERE member_id = 9;
         DELETE FROM shift_event_photo; DELETE FROM shift_event WHERE number = 0`,
      ),
    );
  });
});

describe('MariaDB', () => {
  it('a shop for music with an archive in a second database', async () => {
    const { url } = stack.endpoints.mariadb;
    await mariadb(url, fixture('music-store.mariadb.sql'));
    const { catalog, joins, refused, text } = await init('music', url, '--schema', 'stockroom', 'archive');
    expect(refused).toEqual(['stockroom.Hits', 'stockroom.Odd Table']);
    expect(joins).toMatchObject({
      album: ['artist'],
      employee: ['reportsToEmployee'],
      customer: ['supportRep', 'deputyRep'],
    });
    expect(text).toContain('Currency → currency: not embedded: SQL compares Currency by ');
    await run(catalog, url, () =>
      mariadb(
        url,
        `UPDATE Artist SET Name = CONCAT(Name, '!') WHERE ArtistId % 2 = 0;
         UPDATE Genre SET Label = 'Rock and roll' WHERE Code = 'rock';
         UPDATE Track SET Genre = 'Rock', AlbumId = NULL WHERE TrackId % 5 = 0;
         UPDATE Employee SET LastName = 'Last', ReportsTo = NULL WHERE EmployeeId = 2;
         UPDATE Customer SET SupportRepId = 2, DeputyRepId = NULL WHERE CustomerId < 20;
         DELETE FROM PlaylistTrack WHERE PlaylistId = 1; DELETE FROM Playlist WHERE PlaylistId = 1;
         DELETE FROM OrderLine WHERE \`Key\` = 7; DELETE FROM \`Order\` WHERE \`Key\` = 7;
         INSERT INTO archive.Track VALUES (2026, 1, 'New', 'dull')`,
      ),
    );
  });
});
