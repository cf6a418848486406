import type { PutEventsCommand, PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { type EventEntry, entryBytes } from './entry.ts';
import { type EventSinkOptions, createEventSink } from './event-sink.ts';
import type { PutEventsClient } from './put-calls.ts';

type Answer = (entry: PutEventsRequestEntry, call: number) => string | undefined;

/** A bus that answers each entry with an error code or accepts it. */
function fakeBus(answer: Answer = () => undefined) {
  const accepted: PutEventsRequestEntry[] = [];
  const calls: (readonly PutEventsRequestEntry[])[] = [];
  const client: PutEventsClient = {
    send: async (command: PutEventsCommand) => {
      const entries = command.input.Entries ?? [];
      const call = calls.push(entries);
      const results: PutEventsResultEntry[] = entries.map((entry) => {
        const code = answer(entry, call);
        if (code !== undefined) return { ErrorCode: code, ErrorMessage: 'as told' };
        accepted.push(entry);
        return { EventId: String(accepted.length) };
      });
      const failed = results.filter((result) => result.ErrorCode !== undefined).length;
      return { $metadata: {}, FailedEntryCount: failed, Entries: results };
    },
  };
  return { client, accepted, calls };
}

const entryOf = (item: string, n: number, extra: Partial<EventEntry> = {}): EventEntry => ({
  itemKey: { pk: item, sk: 'S' },
  source: 'hybridge.test',
  detailType: 'Tested',
  detail: { item, n },
  time: new Date('2026-11-22T16:00:00Z'),
  ...extra,
});

const sinkOn = (client: PutEventsClient, options: Partial<EventSinkOptions> = {}) =>
  createEventSink(client, { busName: 'bus', initialDelayMs: 1, maxDelayMs: 2, ...options });

const numbersOf = (accepted: readonly PutEventsRequestEntry[], item: string): number[] =>
  accepted
    .map((entry) => JSON.parse(entry.Detail ?? '') as { item: string; n: number })
    .filter((detail) => detail.item === item)
    .map((detail) => detail.n);

const never = new AbortController().signal;

describe('createEventSink', () => {
  it('sends one entry of an item a call and keeps the order of each item', async () => {
    const bus = fakeBus();
    const items = Array.from({ length: 15 }, (_, i) => `item-${i}`);
    const entries = [1, 2, 3].flatMap((n) => items.map((item) => entryOf(item, n)));

    await sinkOn(bus.client).putAll(entries, never);

    for (const item of items) expect(numbersOf(bus.accepted, item)).toEqual([1, 2, 3]);
    for (const call of bus.calls) {
      const inCall = call.map((entry) => (JSON.parse(entry.Detail ?? '') as { item: string }).item);
      expect(new Set(inCall).size).toBe(inCall.length);
      expect(inCall.length).toBeLessThanOrEqual(10);
    }
    expect(bus.calls.length).toBeLessThanOrEqual(9);
  });

  it('tries a failed entry again before its successor, while other items go on', async () => {
    const failures = new Map([
      ['bad1', 3],
      ['bad2', 1],
    ]);
    const bus = fakeBus((entry) => {
      const { item, n } = JSON.parse(entry.Detail ?? '') as { item: string; n: number };
      const left = failures.get(`${item}${n}`) ?? 0;
      if (left === 0) return undefined;
      failures.set(`${item}${n}`, left - 1);
      return 'ThrottlingException';
    });
    const retries: string[] = [];
    const entries = ['bad', 'good'].flatMap((item) => [1, 2, 3].map((n) => entryOf(item, n)));

    await sinkOn(bus.client, { onRetry: ({ entry }) => retries.push(entry.itemKey.pk) }).putAll(entries, never);

    expect(numbersOf(bus.accepted, 'bad')).toEqual([1, 2, 3]);
    expect(numbersOf(bus.accepted, 'good')).toEqual([1, 2, 3]);
    expect(retries).toEqual(['bad', 'bad', 'bad', 'bad']);
    const lastGood = bus.accepted.findLastIndex((entry) => entry.Detail?.includes('good'));
    const firstBad = bus.accepted.findIndex((entry) => entry.Detail?.includes('bad'));
    expect(lastGood).toBeLessThan(bus.accepted.length - 1);
    expect(firstBad).toBeGreaterThan(0);
  });

  it('loses and reorders nothing under random partial failures and failing calls', async () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const bus = fakeBus(() => (random() < 0.3 ? 'InternalFailure' : undefined));
    const flaky: PutEventsClient = {
      send: (command) => (random() < 0.2 ? Promise.reject(new Error('socket hang up')) : bus.client.send(command)),
    };
    const items = Array.from({ length: 20 }, (_, i) => `item-${i}`);
    const entries = Array.from({ length: 200 }, (_, i) => entryOf(items[i % 20] ?? '', Math.floor(i / 20)));

    await sinkOn(flaky).putAll(entries, never);

    const inOrder = Array.from({ length: 10 }, (_, n) => n);
    for (const item of items) expect(numbersOf(bus.accepted, item)).toEqual(inOrder);
  });

  it('keeps the order of an item across overlapping calls', async () => {
    let first = true;
    const bus = fakeBus(() => {
      if (!first) return undefined;
      first = false;
      return 'InternalFailure';
    });
    const sink = sinkOn(bus.client);

    await Promise.all([sink.putAll([entryOf('a', 1)], never), sink.putAll([entryOf('a', 2)], never)]);

    expect(numbersOf(bus.accepted, 'a')).toEqual([1, 2]);
  });

  it('fills calls up to the size limit and no further', async () => {
    const bus = fakeBus();
    const big = (item: string): EventEntry => entryOf(item, 1, { detail: { item, n: 1, pad: 'x'.repeat(400) } });
    const maxEntryBytes = 1_000;

    await sinkOn(bus.client, { maxEntryBytes }).putAll(['a', 'b', 'c', 'd', 'e'].map(big), never);

    expect(bus.calls.map((call) => call.length)).toEqual([2, 2, 1]);
  });

  it('refuses an entry that is too large before sending anything, naming the item', async () => {
    const bus = fakeBus();
    const fitting = entryOf('a', 1);
    const limit = entryBytes(fitting);
    const sink = sinkOn(bus.client, { maxEntryBytes: limit });

    await sink.putAll([fitting], never);
    const outcome = sink.putAll([entryOf('a', 2), entryOf('b', 10)], never);

    await expect(outcome).rejects.toMatchObject({
      code: 'HYBRIDGE_SINK_ENTRY_TOO_LARGE',
      retry: 'permanent',
      itemKey: { pk: 'b', sk: 'S' },
      detailType: 'Tested',
    });
    expect(bus.accepted).toHaveLength(1);
  });

  it.each([
    ['an empty source', { source: '' }],
    ['a reserved source', { source: 'aws.s3' }],
    ['a detail that is no object', { detail: [1] }],
    ['a detail without JSON form', { detail: { n: 1n } }],
    ['an invalid time', { time: new Date(Number.NaN) }],
  ])('refuses %s before sending anything', async (_, extra) => {
    const bus = fakeBus();
    await expect(sinkOn(bus.client).putAll([entryOf('a', 1), entryOf('b', 1, extra)], never)).rejects.toMatchObject({
      code: 'HYBRIDGE_SINK_ENTRY_MALFORMED',
      itemKey: { pk: 'b', sk: 'S' },
    });
    expect(bus.calls).toHaveLength(0);
  });

  it('stops at an entry the bus refuses for good, and sends nothing behind it', async () => {
    const bus = fakeBus((entry) => (entry.Detail?.includes('"n":2') === true ? 'MalformedDetail' : undefined));
    const outcome = sinkOn(bus.client).putAll(
      [1, 2, 3].map((n) => entryOf('a', n)),
      never,
    );

    await expect(outcome).rejects.toMatchObject({ code: 'HYBRIDGE_SINK_ENTRY_REFUSED', itemKey: { pk: 'a' } });
    expect(numbersOf(bus.accepted, 'a')).toEqual([1]);
  });

  it('stops at a call the service refuses', async () => {
    const denied = Object.assign(new Error('no'), {
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
    const client: PutEventsClient = { send: () => Promise.reject(denied) };
    await expect(sinkOn(client).putAll([entryOf('a', 1)], never)).rejects.toMatchObject({
      code: 'HYBRIDGE_SINK_EVENTBRIDGE_REFUSED',
      retry: 'permanent',
    });
  });

  it('ends with an error when the signal fires while an entry keeps failing', async () => {
    const stop = new AbortController();
    const bus = fakeBus((_, call) => {
      if (call === 3) stop.abort();
      return 'InternalFailure';
    });
    await expect(sinkOn(bus.client).putAll([entryOf('a', 1)], stop.signal)).rejects.toBeInstanceOf(Error);
    expect(bus.calls).toHaveLength(3);
  });

  it('tells of each entry once, when the bus has it', async () => {
    const bus = fakeBus((_, call) => (call === 1 ? 'InternalFailure' : undefined));
    const told: unknown[] = [];
    await sinkOn(bus.client).putAll([entryOf('a', 1), entryOf('a', 2)], never, (entry) => told.push(entry.detail));
    expect(told).toEqual([
      { item: 'a', n: 1 },
      { item: 'a', n: 2 },
    ]);
  });

  it('passes bus, time and trace header on', async () => {
    const bus = fakeBus();
    await sinkOn(bus.client).putAll([entryOf('a', 1, { traceHeader: 'Root=1-2-3' })], never);
    expect(bus.accepted[0]).toEqual({
      EventBusName: 'bus',
      Source: 'hybridge.test',
      DetailType: 'Tested',
      Detail: '{"item":"a","n":1}',
      Time: new Date('2026-11-22T16:00:00Z'),
      TraceHeader: 'Root=1-2-3',
    });
  });
});

describe('entryBytes', () => {
  it('counts the time as 14 bytes and text as UTF-8', () => {
    const entry = entryOf('a', 1, { source: 'é', detailType: '€', detail: { a: '😀' } });
    expect(entryBytes(entry)).toBe(14 + 2 + 3 + 12);
  });
});
