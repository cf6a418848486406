import { BUSY, type Refusals, describeRefusals, persistently } from './persistently.ts';

const transient = (message: string, cause?: Error): Error =>
  Object.assign(new Error(message, { cause }), { retry: 'transient' });

describe('persistently', () => {
  beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(-2)); // no pause
  afterEach(() => jest.restoreAllMocks());

  it('asks again after what passes, and counts why', async () => {
    const errors = [transient('SQL does not answer', Object.assign(new Error(), { code: BUSY })), transient('a\n  b')];
    const refusals: Refusals = new Map([[BUSY, 1]]);
    const read = async (): Promise<string> => {
      const error = errors.shift();
      if (error !== undefined) throw error;
      return 'answer';
    };
    await expect(persistently(read, refusals)).resolves.toBe('answer');
    expect([...refusals]).toEqual([
      [BUSY, 2],
      ['a b', 1],
    ]);
    expect(describeRefusals(refusals)).toBe(`2 × ${BUSY}, 1 × a b`);
    expect(describeRefusals([])).toBe('none');
  });

  it('gives up at once on what stays wrong', async () => {
    const refusals: Refusals = new Map();
    await expect(persistently(() => Promise.reject(new Error('no such column')), refusals)).rejects.toThrow('column');
    expect(refusals.size).toBe(0);
  });
});
