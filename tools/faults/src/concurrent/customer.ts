import { randomUUID } from 'node:crypto';
import type { Random } from '@hybridge/load';
import { pause } from '@hybridge/runtime';
import { type Found, type Hybridge, PreconditionFailedError, TooManyPendingError } from '@hybridge/sdk';
import type { Document } from '@hybridge/views';
import { type Cell, type CustomerWrite, type Read, type Replacement, cellOf } from './history.ts';
import { type Field, VIEW, fields, keyPartsOf } from './shared-rows.ts';

export interface CustomerDeps {
  readonly hybridge: Hybridge;
  /** Keys of the rows they choose from. */
  readonly ids: readonly string[];
  readonly random: Random;
  readonly reads: Read[];
  readonly writes: CustomerWrite[];
  /** Ends their pauses and their work. */
  readonly signal: AbortSignal;
}

type Seen = Found<Document>;

/** Between two looks at the same row, milliseconds. */
const LOOK_AFTER_MS = { least: 400, more: 800 };
/** How often they look after an outcome: it must stay the same. */
const LOOKS_AT_OUTCOME = 2;

/**
 * A customer who reads a row, changes what they saw, reads again until the change has ended, and goes on with another row;
 * until the signal.
 */
export async function beCustomer(by: string, deps: CustomerDeps): Promise<void> {
  const { ids, random, signal } = deps;
  for (let n = 1; !signal.aborted; n++) {
    await pause(random.roll(LOOK_AFTER_MS.more), signal);
    const id = random.pick(ids);
    const seen = await look(by, id, deps);
    const write = seen && (await change(`${by}-${n}`, { by, id, seen }, deps));
    if (write !== undefined) await watch(write, id, deps);
  }
}

async function look(by: string, id: string, { hybridge, reads }: CustomerDeps): Promise<Seen | undefined> {
  const startedAt = Date.now();
  const found: Seen | undefined = await hybridge.get(VIEW, keyPartsOf(id), { consistent: true });
  const endedAt = Date.now();
  const valueOf = (field: Field): [Cell, string] => [cellOf(id, field), String(found?.document[field])];
  reads.push({ by, startedAt, endedAt, values: new Map(fields.map(valueOf)) });
  return found;
}

interface Wish {
  readonly by: string;
  readonly id: string;
  readonly seen: Seen;
}

type Write = CustomerWrite & { readonly seen: ('applied' | 'rejected')[] };

/** One field, or both. @returns undefined when the row is no longer what the customer saw */
async function change(token: string, { by, id, seen }: Wish, deps: CustomerDeps): Promise<Write | undefined> {
  const { hybridge, random, writes } = deps;
  const chosen = random.roll(4) === 0 ? fields : [random.pick(fields)];
  const set = Object.fromEntries(chosen.map((field) => [field, `${token}-${field}`]));
  const replaces = chosen.map((field): Replacement => ({
    cell: cellOf(id, field),
    base: String(seen.document[field]),
    token: `${token}-${field}`,
  }));
  const changeId = randomUUID();
  const note = (acceptedAt: number | undefined): Write => {
    const write = { changeId, by, replaces, acceptedAt, seen: [] };
    writes.push(write);
    return write;
  };
  try {
    await hybridge.change(VIEW, keyPartsOf(id), { op: 'update', set }, { by, id: changeId, ifMatch: seen.version });
    return note(Date.now());
  } catch (error) {
    if (!(error instanceof PreconditionFailedError || error instanceof TooManyPendingError)) note(undefined);
    return undefined;
  }
}

async function watch({ changeId, by, seen }: Write, id: string, deps: CustomerDeps): Promise<void> {
  const { hybridge, random, signal } = deps;
  while (!signal.aborted && seen.length < LOOKS_AT_OUTCOME) {
    await pause(LOOK_AFTER_MS.least + random.roll(LOOK_AFTER_MS.more), signal);
    const found = await look(by, id, deps);
    if (found?.pending.includes(changeId)) continue;
    const { status } = await hybridge.statusOf(VIEW, keyPartsOf(id), changeId);
    if (status === 'unknown') return; // the item has forgotten it already
    if (status !== 'pending') seen.push(status);
  }
}
