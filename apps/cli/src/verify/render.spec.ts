import { ComparisonClass, type Comparison, type Counts } from '@hybridge/verify';
import type { TableStatus } from '../table-status.ts';
import { renderJson, renderText } from './render.ts';

const NONE = Object.fromEntries(Object.values(ComparisonClass).map((name) => [name, 0])) as Counts;
const comparison = (missing: number): Comparison => ({
  view: 'orders',
  compared: 10,
  counts: { ...NONE, matched: 10 - missing, missing },
  differences: [],
});

const result = (state: TableStatus['state'], missing: number) => ({
  table: { name: 'views', state },
  comparisons: [comparison(missing)],
  skipped: [],
  repairs: undefined,
  seconds: 1,
  resumed: false,
});

const text = (state: TableStatus['state'], missing: number) => renderText(result(state, missing), { values: false });

describe('the report of verify', () => {
  it('says that the views are still being loaded, whether something differs or not', () => {
    const note = /table views is still being loaded.*verify again when "hybridge status" shows it open/;
    expect(text('loading', 3)).toMatch(note);
    expect(text('loading', 3)).toContain('3 difference(s), but');
    expect(text('loading', 3)).not.toContain('repair');
    expect(text('loading', 0)).toMatch(note);
  });

  it('says what was repaired, and why the rest was not', () => {
    const repaired = { ...result('open', 3), repairs: { filled: 1, absent: 1, pending: 1 } };
    expect(renderText(repaired, { values: false })).toContain(
      '3 difference(s), 2 repaired; not repaired: 1 pending. (1.0 s',
    );
    expect(JSON.parse(renderJson(repaired, { values: false }))).toMatchObject({
      clean: false,
      repairs: { pending: 1 },
    });
    const all = { ...result('open', 3), repairs: { filled: 3 } };
    expect(renderText(all, { values: false })).toContain('3 difference(s), 3 repaired. (1.0 s');
    expect(JSON.parse(renderJson(all, { values: false }))).toMatchObject({ clean: true });
  });

  it.each(['unclaimed', 'open'] as const)('says nothing of it where the table is %s', (state) => {
    expect(text(state, 3)).toContain('3 difference(s); hybridge repair mends one, verify --repair all.');
    expect(text(state, 0)).toContain('The views say what SQL says. (1.0 s');
    expect(text(state, 3)).not.toContain('loaded');
  });

  it('names items that a fan-out job is on its way to, which are no differences', () => {
    const one = comparison(0);
    const waiting = { ...result('open', 0), comparisons: [{ ...one, counts: { ...one.counts, 'fan-out': 4 } }] };
    expect(renderText(waiting, { values: false })).toMatch(
      /fan-out\n.* 4\n4 item\(s\) have still to be told .*\nThe views say what SQL says\./,
    );
    expect(JSON.parse(renderJson(waiting, { values: false }))).toMatchObject({ clean: true });
  });

  it('names the views that could not be compared', () => {
    const skipped = [{ view: 'stock', source: 'warehouse', problem: 'Cannot connect.' }];
    const lacking = { ...result('open', 0), skipped };
    expect(renderText(lacking, { values: false })).toMatch(
      /stock was NOT compared: source warehouse: Cannot connect\.\nThe views compared say what SQL says/,
    );
    expect(JSON.parse(renderJson(lacking, { values: false }))).toMatchObject({ clean: false, skipped });
  });

  it('tells programs the state of the table', () => {
    expect(JSON.parse(renderJson(result('loading', 1), { values: false }))).toMatchObject({
      clean: false,
      table: { name: 'views', state: 'loading' },
    });
  });
});
