import { z } from 'zod';
import { ConfigError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads an app's settings: one schema whose keys are environment variables.
 * @param more problems found by other means, to be told together with those of the schema
 * @throws ConfigError with every problem, each naming the variable, its value (but no secret) and what is expected
 */
export function parseConfig<S extends z.ZodType>(
  app: string,
  schema: S,
  environment: Environment,
  more: readonly string[] = [],
): z.infer<S> {
  const parsed = schema.safeParse(environment);
  if (parsed.success && more.length === 0) return parsed.data;
  const problems = (parsed.error?.issues ?? []).map((issue) => {
    const name = issue.path.join('.');
    const value = environment[name];
    return `${name || 'settings'} is ${value === undefined ? 'not set' : `"${shown(name, value)}"`}: ${issue.message}`;
  });
  throw new ConfigError(app, [...problems, ...more]);
}

const HIDDEN = '***';

/** The value as a log may have it: what stands before the last `@` of an address may be a password. */
export const shown = (name: string, value: string): string =>
  /SECRET|PASSWORD|TOKEN/.test(name)
    ? HIDDEN
    : value.replace(/^.*@/, `${HIDDEN}@`).replace(/(password=)[^&\s]*/i, `$1${HIDDEN}`);

const integer = (min: number, max: number) =>
  z.string().regex(/^\d+$/, 'expected a whole number').transform(Number).pipe(z.number().min(min).max(max));

/** Building blocks for settings; every default is visible in the app's own schema. */
export const setting = {
  text: () => z.string().min(1),
  url: () => z.url(),
  /** A comma-separated list. */
  list: () =>
    z
      .string()
      .min(1)
      .transform((value) => value.split(',').map((entry) => entry.trim())),
  port: () => integer(0, 65_535),
  integer,
  milliseconds: (min = 0, max = 86_400_000) => integer(min, max),
  flag: () => z.enum(['true', 'false']).transform((value) => value === 'true'),
} as const;
