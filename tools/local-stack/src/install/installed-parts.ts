/** Where the installed parts of the native form are. */
import type { AwsEmulator } from '../config.ts';

export type InstalledParts = {
  /** The `java` to run, absolute. */
  readonly java: string;
  /** Directory with the jars of broker, tools and Connect. */
  readonly kafka: string;
  /** A Connect plugin path: one directory per connector. */
  readonly connectPlugins: string;
  /** Directory with the jars and native libraries of DynamoDB Local. */
  readonly dynamodb: string;
  /** Directory with `bin`, `lib`, `share`. */
  readonly postgres: string;
  /** An initialised cluster, to be copied. */
  readonly postgresTemplate: string;
  /** A formatted log directory, to be copied. */
  readonly kafkaTemplate: string;
  readonly aws: { readonly emulator: AwsEmulator; readonly python: string };
};
