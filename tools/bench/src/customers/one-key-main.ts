/** Child process of `one-key.ts`: many readers of one key at the same moment, with an SDK of their own. */
import { setTimeout as delay } from 'node:timers/promises';
import { customers as customersView, orders as ordersView } from '@hybridge/definitions';
import { answer, atEnd, readJob } from './child-side.ts';
import type { OneKeyAnswer, OneKeyQuestion } from './one-key.ts';
import { type Order, orderFault } from './order.ts';
import { type Refusals, persistently } from './persistently.ts';
import { type Sdk, type Site, createSdk } from './sdk.ts';

const site = readJob<Site>();
let sdk: Sdk | undefined;

/** Afterwards connections to both are open, and all code has run. */
async function prepare(readers: number, customer: number): Promise<OneKeyAnswer> {
  const { hybridge } = (sdk = createSdk(site));
  const read = () => persistently(() => hybridge.get(customersView, [customer]), new Map());
  await Promise.all(Array.from({ length: readers }, read));
  return { ms: 0, faults: [], refusals: [] };
}

async function readAtOnce(readers: number, order: Order, at: number): Promise<OneKeyAnswer> {
  await using used = sdk as Sdk;
  const refusals: Refusals = new Map();
  await delay(at - Date.now());
  const began = performance.now();
  const found = await Promise.all(
    Array.from({ length: readers }, () => persistently(() => used.hybridge.get(ordersView, [order.id]), refusals)),
  );
  return {
    ms: performance.now() - began,
    faults: found.flatMap((one) => orderFault(order, one?.document) ?? []),
    refusals: [...refusals],
  };
}

answer<OneKeyQuestion>((question) =>
  question.order === undefined
    ? prepare(question.readers, question.customer)
    : readAtOnce(question.readers, question.order, question.at),
);
atEnd(async () => undefined);
