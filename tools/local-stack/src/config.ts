/** The environment of the local stack, read and checked once; nothing else here reads `process.env`. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { PortName, portDescriptions } from './description.ts';
import type { Ports } from './description.ts';
import { InvalidSettingError } from './errors.ts';

/** The emulators of EventBridge, SQS and CloudFormation. */
export const AwsEmulator = { localstack: 'localstack', ministack: 'ministack' } as const;
export type AwsEmulator = (typeof AwsEmulator)[keyof typeof AwsEmulator];

export type StackConfig = {
  /** Where downloaded parts, templates and run directories live; outside the repository. `HYBRIDGE_CACHE_DIR`. */
  readonly cacheDirectory: string;
  /** Fixed by `HYBRIDGE_AWS_EMULATOR`; undefined: LocalStack where a Python for it is found, else MiniStack. */
  readonly awsEmulator: AwsEmulator | undefined;
  readonly ports: Ports;
  readonly environment: Environment;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Default cache: `$XDG_CACHE_HOME/hybridge` or `~/.cache/hybridge`; as root `/var/cache/hybridge`, because the
 * unprivileged user that PostgreSQL then runs as may not enter root's home.
 *
 * @throws InvalidSettingError for a port or emulator that is none.
 */
export function readStackConfig(environment: Environment = process.env): StackConfig {
  return {
    cacheDirectory: cacheDirectory(environment),
    awsEmulator: awsEmulator(environment['HYBRIDGE_AWS_EMULATOR']),
    ports: portsFrom(environment),
    environment,
  };
}

function cacheDirectory(environment: Environment): string {
  const chosen = environment['HYBRIDGE_CACHE_DIR'];
  if (chosen) return resolve(chosen);
  if (process.getuid?.() === 0) return '/var/cache/hybridge';
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hybridge');
}

function awsEmulator(value: string | undefined): AwsEmulator | undefined {
  if (!value) return undefined;
  if (value === 'localstack' || value === 'ministack') return value;
  throw new InvalidSettingError('HYBRIDGE_AWS_EMULATOR', value, 'localstack or ministack');
}

function portsFrom(environment: Environment): Ports {
  const entries = Object.values(PortName).map((name) => {
    const { variable, defaultPort } = portDescriptions[name];
    const value = environment[variable];
    return [name, value ? portNumber(variable, value) : defaultPort] as const;
  });
  return Object.fromEntries(entries) as Ports;
}

function portNumber(variable: string, value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidSettingError(variable, value, 'a port number from 1 to 65535');
  }
  return port;
}
