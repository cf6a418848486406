import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, openSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalStack, access, components, findFreePorts, pollUntil } from '@hybridge/local-stack';
import pg from 'pg';

/** A hot standby that streams from the PostgreSQL of a native stack. */
export interface Standby extends AsyncDisposable {
  readonly url: string;
  /** What the primary commits from now on is received, and not shown. */
  pauseReplay(): Promise<void>;
  resumeReplay(): Promise<void>;
  /** Resolves when the standby shows everything the primary has committed. */
  caughtUp(): Promise<void>;
}

const SLOT = 'standby';
/** Of a copied cluster: the primary's process and slots, and its log, which is streamed instead. */
const NOT_COPIED = ['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot'];

/** Made from a copy of the primary's files, as the stack has no `pg_basebackup`. Dispose it before the stack. */
export async function startStandby(stack: LocalStack): Promise<Standby> {
  const { url: primaryUrl, host, port } = stack.endpoints.postgres;
  const primary = new pg.Client({ connectionString: primaryUrl });
  await primary.connect();
  const directory = await copyCluster(primary);
  const ownPort = (await findFreePorts()).postgres;
  const server = launch(directory, serverFile(stack), {
    ...components.postgres.settings,
    listen_addresses: host,
    port: String(ownPort),
    unix_socket_directories: '',
    hot_standby: 'on',
    primary_slot_name: SLOT,
    primary_conninfo: `host=${host} port=${port} user=${access.postgres.adminUser} password=${access.postgres.adminPassword}`,
  });
  const url = primaryUrl.replace(`:${port}/`, `:${ownPort}/`);
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined);
  const ask = async (text: string, values: readonly unknown[] = []) => (await pool.query(text, [...values])).rows[0];
  const until = async (what: string, condition: () => Promise<boolean>): Promise<void> => {
    if (!(await pollUntil(condition, { timeoutMs: 30_000 }))) throw new Error(`The standby does not ${what}.`);
  };

  await until('start', async () => (await ask('select pg_is_in_recovery() as ready')).ready);
  return {
    url,
    pauseReplay: async () => {
      await ask('select pg_wal_replay_pause()');
      await until('pause', async () => (await ask('select pg_get_wal_replay_pause_state() as now')).now === 'paused');
    },
    resumeReplay: async () => void (await ask('select pg_wal_replay_resume()')),
    caughtUp: async () => {
      const { rows } = await primary.query('select pg_current_wal_flush_lsn()::text as lsn');
      await until('catch up', async () => {
        return (await ask('select pg_last_wal_replay_lsn() >= $1::pg_lsn as done', [rows[0].lsn])).done;
      });
    },
    async [Symbol.asyncDispose]() {
      await pool.end();
      await primary.end();
      server.kill('SIGINT'); // the "fast" shutdown
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    },
  };
}

/** @returns the directory of the copy */
async function copyCluster(primary: pg.Client): Promise<string> {
  const source = (await primary.query('show data_directory')).rows[0].data_directory as string;
  const directory = `${source}-standby`;
  await primary.query('select pg_create_physical_replication_slot($1, true)', [SLOT]);
  await primary.query(`select pg_backup_start('standby', fast => true)`);
  execFileSync('cp', ['-a', source, directory]);
  const { rows } = await primary.query('select labelfile from pg_backup_stop(wait_for_archive => false)');
  const { uid, gid } = statSync(source);
  const own = (path: string): void => chownSync(join(directory, path), uid, gid);
  for (const path of NOT_COPIED) rmSync(join(directory, path), { recursive: true, force: true });
  for (const path of ['pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries', 'pg_replslot']) {
    mkdirSync(join(directory, path), { mode: 0o700 });
    own(path);
  }
  for (const [path, content] of Object.entries({ backup_label: rows[0].labelfile as string, 'standby.signal': '' })) {
    writeFileSync(join(directory, path), content);
    own(path);
  }
  return directory;
}

/** The program the primary runs. */
const serverFile = (stack: LocalStack): string => readlinkSync(`/proc/${stack.processIds().postgres}/exe`);

/** As the owner of the files, as PostgreSQL refuses to run as root. */
function launch(directory: string, file: string, settings: Readonly<Record<string, string>>): ChildProcess {
  const { uid, gid } = statSync(directory);
  const log = openSync(`${directory}.log`, 'a');
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(file, ['-D', directory, ...args], { cwd: directory, stdio: ['ignore', log, log], uid, gid });
}
