import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program, ProgramContext } from './contender.ts';

export interface BentoOptions {
  /** The program. */
  readonly binary: string;
  /** Batches written side by side: `max_in_flight`, by default 64. */
  readonly inFlight: number;
}

/** Why Bento cannot run; undefined when it can. */
export function bentoMissing(binary: string | undefined): string | undefined {
  if (binary === undefined) return 'no Bento here; name its program by --bento or HYBRIDGE_BENCH_BENTO';
  return existsSync(binary) ? undefined : `there is no program ${binary} (--bento, HYBRIDGE_BENCH_BENTO)`;
}

export async function bento({ binary, inFlight }: BentoOptions, context: ProgramContext): Promise<Program> {
  const groupId = `bento-${inFlight}`;
  const file = join(context.directory, `${groupId}.json`); // JSON is YAML too
  await writeFile(file, JSON.stringify(bentoConfig(inFlight, groupId, context), undefined, 1));
  return { file: binary, args: ['-c', file], environment: { AWS_EC2_METADATA_DISABLED: 'true' }, groupId };
}

/**
 * What a careful user would write: whole images become items of the same content and size as ours, a delete deletes the
 * item (Bento has no condition, so a tombstone would hold nothing back), numbers are numbers. Offsets are committed
 * as often as they are looked at here.
 */
export const bentoConfig = (
  inFlight: number,
  groupId: string,
  { topic, target }: Omit<ProgramContext, 'directory'>,
) => ({
  http: { enabled: false },
  logger: { level: 'WARN' },
  input: {
    kafka_franz: {
      seed_brokers: topic.brokers,
      topics: [topic.topic],
      consumer_group: groupId,
      start_from_oldest: true,
      commit_period: '200ms',
      batching: { count: 25, period: '50ms' },
    },
  },
  // Several threads overtake each other: one in flight means to keep the order. -1, the default: one a core.
  pipeline: { threads: inFlight === 1 ? 1 : -1, processors: [{ mapping: WITHOUT_TOMBSTONES }, { mapping: TO_ITEM }] },
  output: {
    aws_dynamodb: {
      table: target.tableName,
      // Looked up by name for a delete; the map below holds them too.
      string_columns: { pk: '${! json("pk") }', sk: '${! json("sk") }' },
      json_map_columns: { '': '.' },
      json_number_type: 'number',
      delete: { condition: 'root = @deleted == "true"', partition_key: 'pk', sort_key: 'sk' },
      max_in_flight: inFlight,
      endpoint: target.endpoints.dynamodb.endpoint,
      region: target.endpoints.region,
      credentials: {
        id: target.endpoints.credentials.accessKeyId,
        secret: target.endpoints.credentials.secretAccessKey,
      },
    },
  },
});

const WITHOUT_TOMBSTONES = 'root = if content().length() == 0 { deleted() }';

/** The envelope as an item; versions only have the length of ours, as nothing reads them. */
const TO_ITEM = `
meta deleted = if this.op == "d" { "true" } else { "false" }
let row = if this.op == "d" { this.before } else { this.after }
let sequence = this.source.sequence.parse_json()
root = {
  "pk": "o1#ORDER#" + $row.id.string(),
  "sk": "ORDER",
  "id": $row.id,
  "reference": $row.reference,
  "customerId": $row.customer_id,
  "status": $row.status,
  "total": $row.total,
  "note": $row.note,
  "placedAt": $row.placed_at,
  "shippedAt": $row.shipped_at,
  "_st": "L",
  "_v": "0000.000000" + $sequence.index(0).or("0000000000") + ".000000" + $sequence.index(1) + ".000000000000",
  "_fx": this.source.txId.string(),
  "_ct": this.source.ts_ms,
  "_w": nanoid(12)
}`;
