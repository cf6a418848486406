import { type Ending, judgeEndings } from './outcomes.ts';

const good: Ending = { changeId: 'c1', inbox: ['A'], bus: ['A'], item: ['A'], isPending: false };

describe('the ends of customer changes', () => {
  it('are right when every place that knows one says the same, once', () => {
    expect(judgeEndings([good, { ...good, item: [] }, { ...good, inbox: ['R'], bus: ['R'], item: ['R'] }])).toEqual([]);
  });

  it.each<[string, Partial<Ending>, RegExp]>([
    ['SQL never answered', { inbox: [] }, /no answer/],
    ['its item still waits', { isPending: true }, /still pending/],
    ['SQL has two answers', { inbox: ['A', 'A'] }, /more than once/],
    ['its item was settled twice', { item: ['A', 'A'] }, /more than once/],
    ['nobody was told', { bus: [] }, /never announced/],
    ['the bus was told both', { bus: ['A', 'R'] }, /two outcomes/],
    ['the item says otherwise', { item: ['R'] }, /two outcomes/],
  ])('are wrong when %s', (_, part, message) => {
    expect(judgeEndings([good, { ...good, ...part }])).toEqual([expect.stringMatching(message)]);
  });
});
