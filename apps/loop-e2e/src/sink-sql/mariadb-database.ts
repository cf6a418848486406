import { SqlRole, migrateMariadb } from '@hybridge/infra-sql';
import { startStack } from '@hybridge/local-stack';
import { type Connection, type RowDataPacket, createConnection } from 'mysql2/promise';

/** A row with every value as the server writes it. */
export type TextRow = Record<string, string | null>;

export interface MariadbDatabase extends AsyncDisposable {
  /** `mariadb://…` of the administrator. */
  readonly adminUrl: string;
  /** Where the server listens. */
  readonly port: number;
  /** Where the inbox and the tables of tests are. */
  readonly database: string;
  /** As the user that apps are, through another port if one is given. */
  appUrl(port?: number): string;
  /** As the administrator. Several statements may be given at once; the rows are those of the last. */
  query(text: string, values?: readonly (string | number | null)[]): Promise<TextRow[]>;
  /** A connection of the administrator's own. Ends with the database. */
  connect(): Promise<Connection>;
}

/** A real MariaDB with Hybridge's migrations. */
export async function startMariadb(): Promise<MariadbDatabase> {
  const stack = await startStack({ form: 'native', components: ['mariadb'], ports: 'free' });
  const { url, host, port, database } = stack.endpoints.mariadb;
  const connections: Connection[] = [];
  const connect = async (): Promise<Connection> => {
    const connection = await createConnection({
      ...{ uri: url.replace(/^mariadb:/, 'mysql:'), charset: 'utf8mb4_bin', multipleStatements: true },
      typeCast: (field) => field.buffer()?.toString('utf8') ?? null,
    });
    connection.on('error', () => undefined); // tests kill connections
    connections.push(connection);
    return connection;
  };
  await migrateMariadb({ url, passwords: { [SqlRole.app]: SqlRole.app } });
  const admin = await connect();
  await admin.query(`set session time_zone = '+00:00'`);
  return {
    ...{ adminUrl: url, port, database, connect },
    appUrl: (other = port) => `mariadb://${SqlRole.app}:${SqlRole.app}@${host}:${other}/${database}`,
    query: async (text, values = []) => {
      const [answer] = await admin.query<RowDataPacket[] | RowDataPacket[][]>(text, [...values]);
      return (Array.isArray(answer) ? (Array.isArray(answer.at(-1)) ? answer.at(-1) : answer) : []) as TextRow[];
    },
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.destroy();
      await stack.stop();
    },
  };
}
