import { setTimeout as delay } from 'node:timers/promises';
import {
  type ConnectAddress,
  type ConnectReply,
  type ConnectorStatus,
  callConnect,
  connectorStatus,
  refused,
} from './connect-api.ts';
import type { ConnectorConfig } from './common-settings.ts';
import { ConnectError } from './errors.ts';

export interface RegisterOptions extends ConnectAddress {
  readonly config: ConnectorConfig;
  /**
   * Asked after the task runs, until it answers true: whether the log of the source is read. A row changed before that may
   * come with the snapshot instead of as a change.
   */
  readonly isCapturing?: () => Promise<boolean>;
  /** Default 120 000: a first connector in a fresh worker takes its time. */
  readonly timeoutMs?: number;
  /** Default 100. */
  readonly pollIntervalMs?: number;
}

/**
 * Creates or changes a connector and waits until it captures. Running it again with the same configuration changes
 * nothing, except that a failed task is started again.
 * @throws ConnectError `HYBRIDGE_CONNECT_REFUSED` with Connect's reason, `HYBRIDGE_CONNECT_CONNECTOR_FAILED` with the
 * task's trace, `HYBRIDGE_CONNECT_NOT_READY` when the time is up, `HYBRIDGE_CONNECT_UNREACHABLE`; the signal's reason
 */
export async function registerConnector(options: RegisterOptions): Promise<ConnectorStatus> {
  const wait = createWait(options);
  const created = await putConfig(options, wait);
  const status = await untilRunning(options, wait, created);
  while (options.isCapturing !== undefined && !(await options.isCapturing())) await wait('reads the log of its source');
  return status;
}

type Wait = (goal: string) => Promise<void>;

/** Pauses between two looks; throws when the time is up or the signal fires. */
function createWait({ name, signal, timeoutMs = 120_000, pollIntervalMs = 100 }: RegisterOptions): Wait {
  const deadline = Date.now() + timeoutMs;
  return async (goal) => {
    if (Date.now() >= deadline) {
      throw new ConnectError('HYBRIDGE_CONNECT_NOT_READY', `${timeoutMs} ms passed before connector ${name} ${goal}.`);
    }
    await delay(pollIntervalMs, undefined, signal === undefined ? {} : { signal });
  };
}

/** @returns whether the connector is new. Connect answers 409 while its workers agree on who does what. */
async function putConfig(options: RegisterOptions, wait: Wait): Promise<boolean> {
  for (;;) {
    const reply = await callConnect(options, 'PUT', '/config', options.config);
    if (reply.status === 201) return true;
    if (reply.status === 200) return false;
    if (reply.status !== 409) throw refused(options, reply);
    await wait('could be configured');
  }
}

/** An older connector may still show the failure of its last run: it gets one new start. */
async function untilRunning(options: RegisterOptions, wait: Wait, created: boolean): Promise<ConnectorStatus> {
  let mayRestart = !created;
  for (;;) {
    const status = await connectorStatus(options);
    if (status !== undefined && isRunning(status)) return status;
    const failure = status === undefined ? undefined : failureOf(status);
    if (failure !== undefined) {
      if (!mayRestart) throw failed(options.name, failure);
      mayRestart = false;
      await restart(options, wait);
    }
    await wait('runs');
  }
}

const isRunning = ({ connector, tasks }: ConnectorStatus): boolean =>
  connector.state === 'RUNNING' && tasks.length > 0 && tasks.every(({ state }) => state === 'RUNNING');

const failureOf = ({ connector, tasks }: ConnectorStatus): string | undefined => {
  const part = [connector, ...tasks].find(({ state }) => state === 'FAILED');
  return part === undefined ? undefined : (part.trace ?? 'no trace');
};

const failed = (name: string, trace: string): ConnectError =>
  new ConnectError('HYBRIDGE_CONNECT_CONNECTOR_FAILED', `Connector ${name} failed: ${trace}`);

async function restart(options: RegisterOptions, wait: Wait): Promise<void> {
  for (;;) {
    const reply: ConnectReply = await callConnect(options, 'POST', '/restart?includeTasks=true&onlyFailed=true');
    if (reply.status < 300) return;
    if (reply.status !== 409) throw refused(options, reply);
    await wait('could be restarted');
  }
}
