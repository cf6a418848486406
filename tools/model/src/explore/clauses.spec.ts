import { Expressions } from '@hybridge/protocol';
import { CLAUSES } from './clause-classes.ts';
import { mutantsOf } from './clauses.ts';

const conditionsOf = (condition: string) => mutantsOf({ it: { condition } }).map((mutant) => mutant.condition);

describe('mutantsOf', () => {
  it('removes each clause in turn', () => {
    expect(conditionsOf('#a = :a AND #b = :b')).toEqual(['#b = :b', '#a = :a']);
  });

  it('removes groups and, with their parentheses kept, what is in them', () => {
    expect(conditionsOf('(attribute_not_exists(#v) OR #v < :v) AND #p = :p')).toEqual([
      '#p = :p',
      '#v < :v AND #p = :p',
      'attribute_not_exists(#v) AND #p = :p',
      'attribute_not_exists(#v) OR #v < :v',
    ]);
  });

  it('does not split a list of values', () => {
    expect(conditionsOf('#st IN (:F, :T) AND #v < :v')).toEqual(['#v < :v', '#st IN (:F, :T)']);
  });

  it('names each clause of each condition differently', () => {
    const names = mutantsOf().map((mutant) => mutant.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(2 * Object.keys(Expressions).length);
  });
});

it('lists exactly the clauses that conditions have', () => {
  expect(Object.keys(CLAUSES).sort()).toEqual(
    mutantsOf()
      .map((mutant) => mutant.name)
      .sort(),
  );
});
