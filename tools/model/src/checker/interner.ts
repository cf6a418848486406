/** Gives equal values one number, so that states are compared by short keys, and exactly. */
export interface Interner {
  /** 0 for undefined; the same number for values of the same JSON text. Values must not be changed afterwards. */
  idOf(value: object | undefined): number;
  /** The first value that was seen with this content: equal values become identical. */
  canonical<T extends object>(value: T): T;
}

export function createInterner(): Interner {
  const known = new WeakMap<object, number>();
  const byText = new Map<string, number>();
  const values: object[] = [];

  const idOf = (value: object | undefined): number => {
    if (value === undefined) return 0;
    return known.get(value) ?? idByText(value);
  };

  const idByText = (value: object): number => {
    const text = JSON.stringify(value);
    let id = byText.get(text);
    if (id === undefined) {
      id = values.push(value);
      byText.set(text, id);
    }
    known.set(value, id);
    return id;
  };

  return { idOf, canonical: <T extends object>(value: T) => values[idOf(value) - 1] as T };
}
