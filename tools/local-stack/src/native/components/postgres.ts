/** PostgreSQL with logical decoding, from a template cluster that `install` initialised. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { access, components } from '../../description.ts';
import { endpointsOf, loopback } from '../../endpoints.ts';
import { copyTree } from '../copy-tree.ts';
import { childEnvironment } from '../native-component.ts';
import type { NativeComponent } from '../native-component.ts';

const connectTimeoutMs = 2_000;

export const postgres: NativeComponent = {
  name: 'postgres',

  async prepare({ parts, dataDirectory }) {
    if (existsSync(join(dataDirectory, 'PG_VERSION'))) return;
    await copyTree(parts.postgresTemplate, dataDirectory);
  },

  command({ parts, ports, dataDirectory, user }) {
    const settings = {
      ...components.postgres.settings,
      listen_addresses: loopback,
      port: String(ports.postgres),
      unix_socket_directories: '',
    };
    return {
      file: join(parts.postgres, 'bin/postgres'),
      args: ['-D', dataDirectory, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
      directory: dataDirectory,
      environment: childEnvironment(),
      user,
      // "Fast" shutdown: sessions are ended instead of waited for.
      stop: { signal: 'SIGINT', graceMs: 8_000 },
    };
  },

  async isReady({ ports }) {
    const client = new pg.Client({
      connectionString: endpointsOf('native', ports).postgres.url,
      connectionTimeoutMillis: connectTimeoutMs,
    });
    client.on('error', () => {}); // a server that is still starting may drop the connection at any time
    try {
      await client.connect();
      const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
      return rows[0]?.name === access.postgres.database;
    } finally {
      await client.end().catch(() => {});
    }
  },
};
