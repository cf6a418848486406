import { silentLogger } from '@hybridge/observability';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { type ChangeBatch, createChangeSource } from './change-source.ts';

/** A consumer that got partition 0 of topic `t`, and hands over what the test tells it to. */
function fakeKafka() {
  const listeners = new Map<string, (event: unknown) => void>();
  let eachBatch: ((payload: EachBatchPayload) => Promise<void>) | undefined;
  const consumer = {
    events: { REBALANCING: 'rebalancing', GROUP_JOIN: 'join', CRASH: 'crash' },
    on: (name: string, listener: (event: unknown) => void) => void listeners.set(name, listener),
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: async (options: { eachBatch: typeof eachBatch }) => void (eachBatch = options.eachBatch),
    commitOffsets: async () => undefined,
    disconnect: async () => undefined,
  };
  return {
    kafka: { consumer: () => consumer } as unknown as Kafka,
    join: () => listeners.get('join')?.({ payload: { memberId: 'm', memberAssignment: { t: [0] } } }),
    hand: (payload: EachBatchPayload) => eachBatch?.(payload),
  };
}

function batchOf(offset: number) {
  const resume = jest.fn();
  const pause = jest.fn(() => resume);
  const heartbeat = jest.fn(async () => undefined);
  const message = { offset: String(offset), key: null, value: Buffer.from('v'), timestamp: '0', headers: {} };
  const payload = {
    batch: { topic: 't', partition: 0, messages: [message], highWatermark: String(offset + 1) },
    isStale: () => false,
    resolveOffset: jest.fn(),
    heartbeat,
    pause,
  } as unknown as EachBatchPayload;
  return { payload, pause, resume, heartbeat };
}

async function start(take: (batch: ChangeBatch) => Promise<void>) {
  const fake = fakeKafka();
  const stopping = new AbortController();
  const source = createChangeSource({ kafka: fake.kafka, logger: silentLogger() }, { topics: ['t'], groupId: 'g' });
  const run = source.run({ take, stop: async () => undefined }, stopping.signal);
  await new Promise((resolve) => setImmediate(resolve));
  fake.join();
  return { ...fake, stop: async () => (stopping.abort(), run) };
}

describe('a partition without room', () => {
  it('is waited for a while, with signs of life, and paused then until it has room', async () => {
    let free!: () => void;
    const room = new Promise<void>((resolve) => (free = resolve));
    const { hand, stop } = await start(() => room);
    const { payload, pause, resume, heartbeat } = batchOf(0);
    const began = performance.now();
    await hand(payload);
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(heartbeat.mock.calls.length).toBeGreaterThan(1);
    expect([pause.mock.calls.length, resume.mock.calls.length]).toEqual([1, 0]);
    free();
    await room;
    expect(resume).toHaveBeenCalledTimes(1);
    await stop();
  });

  it('is not paused when room comes in time', async () => {
    const { hand, stop } = await start(() => new Promise((resolve) => setTimeout(resolve, 50)));
    const { payload, pause } = batchOf(0);
    await hand(payload);
    expect(pause).not.toHaveBeenCalled();
    await stop();
  });
});
