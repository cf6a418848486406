import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseChangeEvent, parseJson } from '@hybridge/contracts';
import { orders } from '@hybridge/definitions';
import { encodeVersion } from '@hybridge/protocol';
import { columnsOfView, decodeChangeRow, keyOfRow, projectRow, shapeOf } from '@hybridge/views';
import { changeMessages } from './change-events.ts';
import { idOf, toRowChange } from './order-row.ts';
import type { RowOperation } from './workload.ts';

const captured = join(__dirname, '../../../../libs/contracts/fixtures/captured/postgresql');

const operation = (overrides: Partial<RowOperation> = {}): RowOperation => ({
  op: 'u',
  row: 3,
  change: 2,
  position: 7,
  padding: 0,
  ...overrides,
});

const valueOf = (given: RowOperation): string => changeMessages(given)[0]?.value ?? '';

describe('changeMessages', () => {
  it('has the fields of a captured event', () => {
    const real = JSON.parse(readFileSync(join(captured, 'snapshot-read.json'), 'utf8')).value;
    const made = JSON.parse(valueOf(operation({ op: 'r' })));
    expect(Object.keys(made).sort()).toEqual(Object.keys(real).sort());
    expect(Object.keys(made.source).sort()).toEqual(Object.keys(real.source).sort());
  });

  it('orders changes by their log position', () => {
    const early = parseChangeEvent(valueOf(operation({ position: 7 })));
    const late = parseChangeEvent(valueOf(operation({ position: 8 })));
    expect(late.position.major > early.position.minor).toBe(true);
    expect(late.position.minor > early.position.minor).toBe(true);
  });

  it.each(['c', 'u', 'r'] as const)('says in an event of kind %s what the bare loops write', (op) => {
    const given = operation({ op });
    const event = parseChangeEvent(valueOf(given));
    const row = decodeChangeRow(orders.table, columnsOfView(orders), event.after ?? {}).row;
    expect(toRowChange(given)).toEqual({
      key: keyOfRow(orders, row),
      kind: 'upsert',
      columns: projectRow(orders, row),
      shape: shapeOf(orders),
      version: encodeVersion({ epoch: 0, ...event.position, offset: 7n }),
      transaction: event.transaction,
      committedAt: event.committedAt,
    });
  });

  it('lets a Kafka tombstone follow a delete', () => {
    const [event, tombstone, ...more] = changeMessages(operation({ op: 'd' }));
    expect(parseChangeEvent(event?.value ?? '')).toMatchObject({ op: 'd', after: undefined });
    expect(parseJson(event?.key ?? '')).toEqual(parseJson(`{"id":${idOf(3)}}`));
    expect(tombstone).toMatchObject({ key: event?.key, value: null });
    expect(more).toEqual([]);
  });

  it('is about as large as a real event, and as large as asked for', () => {
    expect(valueOf(operation()).length).toBeGreaterThan(600);
    expect(valueOf(operation()).length).toBeLessThan(900);
    expect(valueOf(operation({ padding: 100_000 })).length).toBeGreaterThan(100_600);
  });
});
