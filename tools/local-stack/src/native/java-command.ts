/** The command line of a Java program: options of the description, our logging, and its class path. */
import { join } from 'node:path';

export type JavaProgram = {
  readonly options: readonly string[];
  /** Directory whose jars are the class path. */
  readonly classPath: string;
  readonly mainClass: string;
  readonly args: readonly string[];
};

export function javaArguments(program: JavaProgram): string[] {
  // Without IPv4 only, the servers also listen on IPv6, past the loopback address we gave them.
  const options = [...program.options, '-Djava.net.preferIPv4Stack=true', '-Duser.timezone=UTC', ...chosenOptions()];
  return [...options, '-cp', join(program.classPath, '*'), program.mainClass, ...program.args];
}

/** `HYBRIDGE_JAVA_OPTIONS`, separated by blanks, such as those of tests, whose stacks live for seconds. */
const chosenOptions = (): readonly string[] => (process.env['HYBRIDGE_JAVA_OPTIONS'] ?? '').split(' ').filter(Boolean);

/** Settings as a `.properties` file. */
export function propertiesText(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
