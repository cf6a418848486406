/** Finds Java and Maven. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../config.ts';
import { MissingProgramError } from '../errors.ts';

const run = promisify(execFile);

/** DynamoDB Local, Kafka 4 and Debezium 3 are compiled for it. */
export const oldestJava = 17;

export type Java = {
  /** The `java` program, absolute. */
  readonly program: string;
  /** Its `JAVA_HOME`. */
  readonly home: string;
  readonly version: number;
};

/** `JAVA_HOME` first, then the PATH. @throws MissingProgramError */
export async function findJava(environment: Environment): Promise<Java> {
  const javaHome = environment['JAVA_HOME'];
  const candidates = [...(javaHome ? [join(javaHome, 'bin/java')] : []), 'java'];
  const seen: string[] = [];
  for (const candidate of candidates) {
    const java = await probeJava(candidate);
    if (java && java.version >= oldestJava) return java;
    if (java) seen.push(`${candidate} is Java ${java.version}`);
  }
  const found = seen.length === 0 ? 'none was found in JAVA_HOME or on the PATH' : seen.join(', ');
  throw new MissingProgramError(
    `Java ${oldestJava} or newer is needed for Kafka, Connect and DynamoDB Local; ${found}.`,
    `install a JDK (Debian and Ubuntu: apt-get install openjdk-17-jdk-headless; macOS: brew install openjdk@21) or set JAVA_HOME.`,
  );
}

/** @throws MissingProgramError */
export async function assertMaven(): Promise<void> {
  try {
    await run('mvn', ['--version']);
  } catch (cause) {
    throw new MissingProgramError(
      `Maven (mvn) fetches Kafka, Debezium, PostgreSQL and DynamoDB Local; it cannot be run: ${firstLine(cause)}.`,
      'install it (Debian and Ubuntu: apt-get install maven; macOS: brew install maven).',
    );
  }
}

async function probeJava(program: string): Promise<Java | undefined> {
  try {
    const { stderr } = await run(program, ['-XshowSettings:properties', '-version']);
    const home = /^\s*java\.home = (.+)$/m.exec(stderr)?.[1];
    const version = /^\s*java\.specification\.version = (?:1\.)?(\d+)/m.exec(stderr)?.[1];
    return home && version ? { program: join(home, 'bin/java'), home, version: Number(version) } : undefined;
  } catch {
    return undefined;
  }
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
}
