import path from 'node:path';
import { type AnySchemaReader, openSchemaReader } from '@hybridge/reader-schema';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { type SourceAddress, sourceAddresses } from '../schema/source-addresses.ts';
import { type Terminal, toJson } from '../terminal.ts';
import { wordsOf } from './names.ts';
import type { FoundSource } from './plan.ts';
import { planDefinitions } from './plan-views.ts';
import { renderSummary, summarize } from './render-summary.ts';
import { renderDefinitions } from './render-views.ts';
import { writeFiles } from './write-files.ts';

export interface InitRequest {
  readonly sqlUrl?: readonly string[];
  readonly out: string;
  /** Name of the only source; default the database's. */
  readonly source?: string;
  readonly schema?: readonly string[];
  readonly table?: readonly string[];
  readonly force: boolean;
  readonly json: boolean;
}

/** Writes definitions for the tables of live databases. Reads catalogs only. @throws CliError, SchemaReadError */
export async function init(request: InitRequest, terminal: Terminal): Promise<ExitCode> {
  const fromEnvironment = terminal.environment['HYBRIDGE_SQL_URL'];
  const urls = request.sqlUrl ?? (fromEnvironment === undefined ? [] : [fromEnvironment]);
  const addresses = sourceAddresses(urls);
  if (request.source !== undefined && addresses.length > 1) {
    throw new CliError('--source names the only database; name several with --sql-url <source>=<address>.');
  }
  const found: FoundSource[] = [];
  for (const address of addresses) found.push(await introspect(address, request));
  const plan = planDefinitions(found);
  if (plan.views.length === 0) {
    terminal.err(renderSummary(summarize(plan, request.out, [])));
    return ExitCode.failed;
  }
  const written = await writeFiles(request.out, renderDefinitions(plan), request.force);
  if ('changed' in written) {
    const names = written.changed.map((one) => path.join(request.out, one)).join(', ');
    terminal.err(`Nothing was written: ${names} would change. Take another --out and compare, or give --force.`);
    return ExitCode.failed;
  }
  const summary = summarize(plan, request.out, written);
  terminal.out(request.json ? toJson(summary) : renderSummary(summary));
  return ExitCode.ok;
}

async function introspect(address: SourceAddress, { source, schema, table }: InitRequest): Promise<FoundSource> {
  await using reader = await openSchemaReader(address.url);
  const database = ownDatabase(reader, address);
  const schemas = schema ?? (database === undefined ? undefined : [database]);
  const relations = await reader.relations({
    ...(schemas === undefined ? {} : { schemas }),
    ...(table === undefined ? {} : { tables: table }),
  });
  return { name: address.name ?? source ?? databaseName(address.url), kind: reader.kind, relations, database };
}

/** Of MariaDB and MySQL the database in the address is meant, and not all of the server. */
function ownDatabase({ kind }: AnySchemaReader, { url }: SourceAddress): string | undefined {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  return kind === 'postgres' || name === '' ? undefined : name;
}

/** The database's name as a source may be called. */
function databaseName(url: string): string {
  const name = wordsOf(decodeURIComponent(new URL(url).pathname))
    .join('-')
    .slice(0, 40);
  return /^[a-z][a-z0-9-]*$/.test(name) ? name : 'main';
}
