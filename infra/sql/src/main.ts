/** Sets up a source database: migrations, demo if asked for, publication and rights from the definitions. */
import { catalog } from '@hybridge/definitions';
import { type Source, SourceKind } from '@hybridge/views';
import { ensureAccess } from './access.ts';
import { readConfig } from './config.ts';
import { DEMO_SIZES, createDemo } from './demo.ts';
import { ensureMariadbAccess } from './mariadb/access.ts';
import { createStockroom } from './mariadb/demo.ts';
import { migrateMariadb } from './mariadb/migrate.ts';
import { migrate } from './migrate.ts';
import { ensurePublication } from './publication.ts';

const { url, source: name, demo } = readConfig();
const found = chosen(name);
await (found.kind === SourceKind.postgres ? setUpPostgres(found.name) : setUpMariadb(found.name));
console.log('rights: as the definitions need');

function chosen(wanted: string | undefined): Source {
  const { sources } = catalog;
  const source = wanted === undefined && sources.length === 1 ? sources[0] : sources.find((one) => one.name === wanted);
  if (source !== undefined) return source;
  const names = sources.map((one) => one.name).join(', ');
  throw new Error(`INFRA_SQL_SOURCE is "${wanted ?? ''}": expected one of the sources of the definitions, ${names}`);
}

async function setUpPostgres(source: string): Promise<void> {
  tellApplied(await migrate({ url }));
  if (demo !== undefined) tellMade(await createDemo({ url, size: demo }));
  console.log(`publication: ${(await ensurePublication({ url, catalog, source })).join(', ')}`);
  await ensureAccess({ url, catalog, source });
}

async function setUpMariadb(source: string): Promise<void> {
  tellApplied(await migrateMariadb({ url }));
  if (demo !== undefined) tellMade(await createStockroom({ url, products: DEMO_SIZES[demo].products }));
  await ensureMariadbAccess({ url, catalog, source });
}

function tellApplied({ applied }: { readonly applied: readonly string[] }): void {
  console.log(applied.length === 0 ? 'migrations: nothing to do' : `migrations: ${applied.join(', ')}`);
}

function tellMade({ created }: { readonly created: boolean }): void {
  console.log(`demo: ${created ? 'made' : 'was there'}`);
}
