/** Sets up a source database: migrations, demo if asked for, publication and rights from the definitions. */
import { catalog } from '@hybridge/definitions';
import { ensureAccess } from './access.ts';
import { readConfig } from './config.ts';
import { createDemo } from './demo.ts';
import { migrate } from './migrate.ts';
import { ensurePublication } from './publication.ts';

const { url, demo } = readConfig();
const { applied } = await migrate({ url });
console.log(applied.length === 0 ? 'migrations: nothing to do' : `migrations: ${applied.join(', ')}`);
if (demo !== undefined) console.log(`demo: ${(await createDemo({ url, size: demo })).created ? 'made' : 'was there'}`);
console.log(`publication: ${(await ensurePublication({ url, catalog })).join(', ')}`);
await ensureAccess({ url, catalog });
console.log('rights: as the definitions need');
