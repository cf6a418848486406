import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@hybridge/load';
import { type ChooseFault, type Fault, type FaultPlan, nameOf } from './choose-fault.ts';
import type { Answer, Call } from './http-proxy.ts';

/** Faults that can be switched on and off while calls pass. */
export interface Disturbance {
  /** Calls by what happened to them; those of the first plan on. */
  readonly counts: ReadonlyMap<string, number>;
  /** From now on calls fail as the plan says; undefined: none does. */
  disturb(plan: FaultPlan | undefined): void;
  /** Lets a call meet its fault. @returns undefined: the connection breaks */
  meet(call: Call): Promise<Answer | undefined>;
}

export interface DisturbanceOptions {
  readonly random: Random;
  readonly choose: ChooseFault;
  /** Carries a batch call out in part. */
  readonly sendPart: (call: Call) => Promise<Answer>;
}

export function createDisturbance({ random, choose, sendPart }: DisturbanceOptions): Disturbance {
  const counts = new Map<string, number>();
  let current: { readonly plan: FaultPlan; readonly since: number } | undefined;
  return {
    counts,
    disturb: (plan) => {
      current = plan === undefined ? undefined : { plan, since: performance.now() };
    },
    async meet(call) {
      if (current === undefined) return call.send(call.body);
      const { plan, since } = current;
      const fault = choose(plan, call.operation, random, performance.now() - since);
      counts.set(nameOf(fault), (counts.get(nameOf(fault)) ?? 0) + 1);
      await delay(random.roll(plan.maxLatencyMs + 1));
      return answerOf(call, fault, sendPart);
    },
  };
}

/** Undefined: the connection breaks. */
async function answerOf(
  call: Call,
  fault: Fault,
  sendPart: DisturbanceOptions['sendPart'],
): Promise<Answer | undefined> {
  switch (fault.kind) {
    case 'none':
      return call.send(call.body);
    case 'refused':
      return refusal(fault);
    case 'answer-lost':
      await call.send(call.body);
      return undefined;
    case 'never-sent':
      return undefined;
    case 'partial':
      return sendPart(call);
  }
}

const refusal = ({ status, code }: Fault & { readonly kind: 'refused' }): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from(JSON.stringify({ __type: code, message: 'refused by the fault proxy' })),
});
