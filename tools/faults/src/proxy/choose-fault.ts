import type { Random } from '@hybridge/load';

/** What one call meets on its way to DynamoDB. */
export type Fault =
  /** Carried out and answered. */
  | { readonly kind: 'none' }
  /** Answered with an error, not carried out. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string }
  /** Carried out, but the connection breaks before the answer. */
  | { readonly kind: 'answer-lost' }
  /** The connection breaks before the call is carried out. */
  | { readonly kind: 'never-sent' }
  /** A batch call of which only a part is carried out. */
  | { readonly kind: 'partial' };

export interface FaultPlan {
  /** Calls that fail, percent. */
  readonly failPercent: number;
  /** Batch calls that are carried out in part, percent of those that do not fail. */
  readonly partialPercent: number;
  /** Latency added to a call, milliseconds, at most. */
  readonly maxLatencyMs: number;
  /**
   * Times in which every call fails: longer than an SDK tries again by itself, so that the app must. None: no outages.
   */
  readonly outages?: { readonly everyMs: number; readonly lastMs: number };
}

const SPACE = 'com.amazonaws.dynamodb.v20120810#';
const refused = (status: number, code: string): Fault => ({ kind: 'refused', status, code });

const FAILURES = [
  { weight: 3, value: refused(400, `${SPACE}ProvisionedThroughputExceededException`) },
  { weight: 2, value: refused(400, 'com.amazon.coral.availability#ThrottlingException') },
  { weight: 2, value: refused(500, `${SPACE}InternalServerError`) },
  { weight: 2, value: { kind: 'answer-lost' } as Fault },
  { weight: 1, value: { kind: 'never-sent' } as Fault },
];

/** The calls that may be carried out in part. */
export const BATCH_OPERATIONS: readonly string[] = ['BatchWriteItem', 'BatchGetItem', 'BatchExecuteStatement'];

/** @param elapsedMs since the plan took effect */
export function chooseFault(plan: FaultPlan, operation: string, random: Random, elapsedMs: number): Fault {
  if (isOutage(plan, elapsedMs) || random.roll(100) < plan.failPercent) return random.weighted(FAILURES);
  const isPartial = BATCH_OPERATIONS.includes(operation) && random.roll(100) < plan.partialPercent;
  return { kind: isPartial ? 'partial' : 'none' };
}

/** An outage ends each period, so that a plan begins with work. */
function isOutage({ outages }: FaultPlan, elapsedMs: number): boolean {
  if (outages === undefined) return false;
  return elapsedMs % outages.everyMs >= outages.everyMs - outages.lastMs;
}

/** What a fault is counted as: its kind, or the error it answers with. */
export const nameOf = (fault: Fault): string =>
  fault.kind === 'refused' ? (fault.code.split('#').at(-1) as string) : fault.kind;
