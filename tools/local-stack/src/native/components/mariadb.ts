/** MariaDB with a row binlog and GTIDs, from a template data directory that `install` made. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { access, components } from '../../description.ts';
import { endpointsOf, loopback } from '../../endpoints.ts';
import { copyTree } from '../copy-tree.ts';
import { childEnvironment } from '../native-component.ts';
import type { NativeComponent } from '../native-component.ts';

const connectTimeoutMs = 2_000;

export const mariadb: NativeComponent = {
  name: 'mariadb',

  async prepare({ parts, dataDirectory }) {
    if (existsSync(join(dataDirectory, 'mysql'))) return;
    await copyTree(parts.mariadbTemplate, dataDirectory);
  },

  command({ parts, ports, dataDirectory, user }) {
    const settings = {
      ...components.mariadb.settings,
      basedir: parts.mariadb,
      datadir: dataDirectory,
      'bind-address': loopback,
      port: String(ports.mariadb),
      // A path may be no longer than 107 bytes, which a run directory's can be; the working directory is the data.
      socket: 'mariadb.sock',
      'pid-file': 'mariadb.pid',
    };
    return {
      file: join(parts.mariadb, 'bin/mariadbd'),
      // What the machine's own MariaDB is told in /etc is not for us.
      args: ['--no-defaults', ...Object.entries(settings).map(([key, value]) => `--${key}=${value}`)],
      directory: dataDirectory,
      environment: childEnvironment(),
      user,
      stop: { signal: 'SIGTERM', graceMs: 8_000 },
    };
  },

  async isReady({ ports }) {
    const connection = await createConnection({
      uri: endpointsOf('native', ports).mariadb.url,
      connectTimeout: connectTimeoutMs,
    });
    connection.on('error', () => {}); // a server that is still starting may drop the connection at any time
    try {
      const [rows] = await connection.query('SELECT database() AS name');
      return JSON.stringify(rows) === JSON.stringify([{ name: access.mariadb.database }]);
    } finally {
      connection.destroy();
    }
  },
};
