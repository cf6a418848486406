import * as contracts from './index.ts';
import type { Contract } from './message.ts';
import { parseMessage } from './message.ts';

const all: readonly Contract[] = Object.values(contracts as Record<string, unknown>).filter(
  (value): value is Contract =>
    typeof value === 'object' && value !== null && 'detailType' in value && 'example' in value,
);

const metadata = {
  id: 'm1',
  version: 1,
  view: 'customers',
  key: { pk: 'c1#CUSTOMER#42', sk: 'CUSTOMER' },
  occurredAt: '2026-11-22T16:07:14.761Z',
};

describe.each(all.map((contract) => [contract.detailType, contract] as const))('%s', (_, contract) => {
  it('has an example that fits its schema and survives JSON', () => {
    const detail = JSON.parse(JSON.stringify({ metadata, data: contract.example })) as unknown;
    expect(parseMessage(contract, detail)).toEqual({ metadata, data: contract.example });
  });

  it('says what it is', () => {
    expect(contract.source).toMatch(/^hybridge\./);
    expect(contract.version).toBeGreaterThan(0);
    expect(contract.description).toMatch(/\.$/);
  });
});

it('gives every contract a name of its own', () => {
  expect(all.length).toBeGreaterThanOrEqual(9);
  const names = all.map(({ source, detailType, version }) => `${source} ${detailType} ${version}`);
  expect(new Set(names).size).toBe(names.length);
});

describe('parseMessage', () => {
  it.each([
    ['nothing', undefined],
    ['no metadata', { data: { changeId: 'c', at: metadata.occurredAt } }],
    [
      'a time that is none',
      { metadata: { ...metadata, occurredAt: 'now' }, data: { changeId: 'c', at: metadata.occurredAt } },
    ],
    ['other data', { metadata, data: { changeId: 1 } }],
  ])('refuses %s, naming the contract', (_, detail) => {
    expect(() => parseMessage(contracts.CustomerChangeApplied, detail)).toThrow(
      expect.objectContaining({
        code: 'HYBRIDGE_CONTRACT_MESSAGE_MALFORMED',
        message: expect.stringContaining('CustomerChangeApplied v1') as string,
      }),
    );
  });

  it('takes a command with its changes, or truncated without, never between', () => {
    const command = contracts.ApplyCustomerChange;
    const parse = (data: object) => () => parseMessage(command, { metadata, data });
    expect(parse({ pending: [], truncated: true })).not.toThrow();
    expect(parse({ pending: [], truncated: true, sweep: true })).not.toThrow();
    expect(parse({ pending: [], truncated: false })).toThrow();
    expect(parse({ ...command.example, truncated: true })).toThrow();
  });
});
