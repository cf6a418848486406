import { catalog } from '@hybridge/definitions';
import { createMetrics, silentLogger } from '@hybridge/observability';
import { number, text } from '@hybridge/protocol';
import type { EventSink } from '@hybridge/sink-eventbridge';
import type { StreamBatch, StreamRecord } from '@hybridge/source-dynamodb-stream';
import { versionAt } from '@hybridge/testkit';
import { createPipeMetrics } from './metrics.ts';
import { createPipe } from './pipe.ts';

const COMMITTED_AT = Date.UTC(2026, 10, 22, 16);

/** A product whose stock became `n`. */
function stockChange(n: number): StreamRecord {
  const image = (stock: number) => ({
    pk: text('p1#PRODUCT#7'),
    sk: text('PRODUCT'),
    _st: text('L'),
    _v: text(versionAt(stock)),
    _w: text(`w${stock}`),
    _ct: number(COMMITTED_AT),
    id: number(7),
    sku: text('SKU-7'),
    inStock: number(stock),
  });
  return {
    key: { pk: 'p1#PRODUCT#7', sk: 'PRODUCT' },
    oldImage: image(n - 1),
    newImage: image(n),
    sequence: String(n),
    at: COMMITTED_AT,
    byTtl: false,
  };
}

function pipeTo(sink: EventSink) {
  const metrics = createPipeMetrics(createMetrics('stream-pipe', { process: false }));
  const pipe = createPipe({
    catalog,
    fits: () => true,
    sink,
    metrics,
    logger: silentLogger(),
    now: () => COMMITTED_AT + 250,
  });
  return { pipe, metrics: metrics.registry };
}

function batchOf(records: readonly StreamRecord[], commit: () => void): StreamBatch {
  return { shardId: 'shard', records, commit: async () => commit() };
}

const never = new AbortController().signal;

describe('createPipe', () => {
  it('commits after the bus has accepted every message, in the order of the records', async () => {
    const steps: unknown[] = [];
    const sink: EventSink = {
      putAll: async (entries, _signal, onAccepted) => {
        for (const entry of entries) {
          steps.push((entry.detail as { data: { inStock: number } }).data.inStock);
          onAccepted?.(entry);
        }
      },
    };
    const { pipe, metrics } = pipeTo(sink);

    await pipe(
      batchOf([stockChange(2), stockChange(3)], () => steps.push('commit')),
      never,
    );

    expect(steps).toEqual([2, 3, 'commit']);
    const text = await metrics.render();
    expect(text).toContain('stream_pipe_records_total 2');
    expect(text).toContain('stream_pipe_events_total{detail_type="ProductStockChanged"} 2');
    expect(text).toContain('stream_pipe_commit_to_event_seconds_count 2');
    expect(text).toContain('stream_pipe_commit_to_event_seconds_sum 0.5');
  });

  it('does not commit when the bus did not take everything', async () => {
    let commits = 0;
    const { pipe } = pipeTo({ putAll: () => Promise.reject(new Error('refused')) });
    await expect(
      pipe(
        batchOf([stockChange(2)], () => commits++),
        never,
      ),
    ).rejects.toThrow('refused');
    expect(commits).toBe(0);
  });

  it('counts a record that cannot be read and goes on with the others', async () => {
    const accepted: string[] = [];
    const sink: EventSink = {
      putAll: async (entries) => void accepted.push(...entries.map((entry) => entry.detailType)),
    };
    const { pipe, metrics } = pipeTo(sink);
    let commits = 0;
    const unreadable = { ...stockChange(2), key: { pk: 'p1#PRODUCT#seven', sk: 'PRODUCT' } };

    await pipe(
      batchOf([unreadable, stockChange(3)], () => commits++),
      never,
    );

    expect(accepted).toEqual(['ProductStockChanged']);
    expect(commits).toBe(1);
    expect(await metrics.render()).toContain(
      'stream_pipe_failed_events_total{detail_type="unknown",code="HYBRIDGE_STREAM_PIPE_RECORD_MALFORMED"} 1',
    );
  });

  it('counts a write behind the protocol', async () => {
    const { pipe, metrics } = pipeTo({ putAll: async () => undefined });
    const { newImage = {}, ...record } = stockChange(2);
    const raw = { ...record, oldImage: newImage, newImage: { ...newImage, name: { S: 'by hand' } } };
    await pipe(
      batchOf([raw], () => undefined),
      never,
    );
    expect(await metrics.render()).toContain('stream_pipe_raw_writes_total{view="products",setting="forbid"} 1');
  });

  it('counts the removal of an item in use', async () => {
    const { pipe, metrics } = pipeTo({ putAll: async () => undefined });
    const { newImage: _, ...removed } = stockChange(2);
    await pipe(
      batchOf([removed], () => undefined),
      never,
    );
    expect(await metrics.render()).toContain('stream_pipe_raw_deletes_total{view="products",setting="forbid"} 1');
  });
});
