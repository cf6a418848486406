/** Where the installed parts of the native form are. */
import type { AwsEmulator } from '../config.ts';

export type InstalledParts = {
  /** The `java` to run, absolute. */
  readonly java: string;
  /** Directory with the jars of broker, tools and Connect. */
  readonly kafka: string;
  /** Connect's plugin path: directories that hold one directory per connector. */
  readonly connectPlugins: readonly string[];
  /** Directory with the jars and native libraries of DynamoDB Local. */
  readonly dynamodb: string;
  /** Directory with `bin`, `lib`, `share`. */
  readonly postgres: string;
  /** An initialised cluster, to be copied. */
  readonly postgresTemplate: string;
  /** Directory with `bin`, `share`, `scripts`; of no use unless MariaDB was asked for. */
  readonly mariadb: string;
  /** An initialised data directory, to be copied. */
  readonly mariadbTemplate: string;
  /** A formatted log directory, to be copied. */
  readonly kafkaTemplate: string;
  readonly aws: { readonly emulator: AwsEmulator; readonly python: string };
};
