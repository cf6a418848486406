import { catalog } from '@hybridge/definitions';
import { type EmbedDescription, type ViewDescription, describeView } from '@hybridge/views';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { type Terminal, toJson } from '../terminal.ts';

/** Prints the definitions of this build as JSON, to be kept and held against those of a later one. */
export async function describe(_: object, terminal: Terminal): Promise<ExitCode> {
  terminal.out(toJson(catalog.views.map(describeView)));
  return ExitCode.ok;
}

const attribute = z.object({ column: z.string(), type: z.string(), nullable: z.boolean() });
const computed = z.object({ from: z.array(z.string()), type: z.string(), nullable: z.boolean(), value: z.string() });
const parts = z.array(z.string());
const index = z.object({ pk: parts, sk: parts, where: z.string().nullable() });

const embed: z.ZodType<EmbedDescription> = z.lazy(() =>
  z.object({
    source: z.string(),
    table: z.string(),
    primaryKey: parts,
    on: parts,
    attributes: z.record(z.string(), attribute),
    shards: z.int(),
    embeds: z.record(z.string(), embed),
  }),
);

const description = z.object({
  name: z.string(),
  source: z.string(),
  kind: z.string(),
  table: z.string(),
  primaryKey: parts,
  key: z.object({ pk: parts, sk: parts }),
  attributes: z.record(z.string(), attribute),
  computed: z.record(z.string(), computed),
  // Builds of before there were joins do not print these.
  embeds: z.record(z.string(), embed).default({}),
  collect: z.record(z.string(), z.string()).default({}),
  where: z.object({ from: parts, keep: z.string() }).nullable(),
  indexes: z.record(z.string(), index),
  mode: z.string(),
  ttlSeconds: z.number().nullable().default(null),
  primary: z.string(),
  layout: z.string(),
  rawWrites: z.string(),
  changes: z.json(),
  access: z.json(),
  events: parts,
});

/** @throws CliError naming the file when it is not what `hybridge view describe` prints */
export function parseDescriptions(text: string, file: string): readonly ViewDescription[] {
  const parsed = z.array(description).safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new CliError(
    `${file} is not what "hybridge view describe" prints; print it anew with the build that runs. ${z.prettifyError(parsed.error)}`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
