import type { Random } from '@hybridge/load';

/** What one call meets on its way to a service. */
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

/** How a service fails. */
interface Vocabulary {
  readonly failures: readonly { readonly weight: number; readonly value: Fault }[];
  /** The calls that may be carried out in part. */
  readonly batchOperations: readonly string[];
}

/** @param elapsedMs since the plan took effect */
export type ChooseFault = (plan: FaultPlan, operation: string, random: Random, elapsedMs: number) => Fault;

const refused = (status: number, code: string): Fault => ({ kind: 'refused', status, code });

/** What any service does, whatever its words. */
const BROKEN_CONNECTIONS: Vocabulary['failures'] = [
  { weight: 2, value: { kind: 'answer-lost' } },
  { weight: 1, value: { kind: 'never-sent' } },
];

const chooserFor =
  ({ failures, batchOperations }: Vocabulary): ChooseFault =>
  (plan, operation, random, elapsedMs) => {
    if (isOutage(plan, elapsedMs) || random.roll(100) < plan.failPercent) return random.weighted(failures);
    const isPartial = batchOperations.includes(operation) && random.roll(100) < plan.partialPercent;
    return { kind: isPartial ? 'partial' : 'none' };
  };

/** An outage ends each period, so that a plan begins with work. */
function isOutage({ outages }: FaultPlan, elapsedMs: number): boolean {
  if (outages === undefined) return false;
  return elapsedMs % outages.everyMs >= outages.everyMs - outages.lastMs;
}

const SPACE = 'com.amazonaws.dynamodb.v20120810#';

/** As DynamoDB fails. */
export const chooseFault = chooserFor({
  failures: [
    { weight: 3, value: refused(400, `${SPACE}ProvisionedThroughputExceededException`) },
    { weight: 2, value: refused(400, 'com.amazon.coral.availability#ThrottlingException') },
    { weight: 2, value: refused(500, `${SPACE}InternalServerError`) },
    ...BROKEN_CONNECTIONS,
  ],
  batchOperations: ['BatchWriteItem', 'BatchGetItem', 'BatchExecuteStatement'],
});

/** As EventBridge fails. */
export const chooseBusFault = chooserFor({
  failures: [
    { weight: 2, value: refused(400, 'ThrottlingException') },
    { weight: 2, value: refused(500, 'InternalException') },
    ...BROKEN_CONNECTIONS,
  ],
  batchOperations: ['PutEvents'],
});

/** What a fault is counted as: its kind, or the error it answers with. */
export const nameOf = (fault: Fault): string =>
  fault.kind === 'refused' ? (fault.code.split('#').at(-1) as string) : fault.kind;
