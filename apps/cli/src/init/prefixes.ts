import { wordsOf } from './names.ts';

/**
 * A short prefix of keys for each view: its initials, or where somebody has them more of its letters, and a 1 to be
 * raised when the view is built anew beside the old one.
 */
export function prefixesOf(viewNames: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    viewNames.map((name) => {
      const free = candidatesOf(name).find((candidate) => !taken.has(candidate)) as string;
      taken.add(free);
      return [name, free];
    }),
  );
}

/** The last is the name itself, which no other view has. */
function candidatesOf(viewName: string): readonly string[] {
  const words = wordsOf(viewName);
  const letters = [...words.join('')];
  const initials = words.map((word) => [...word][0]).join('');
  const longer = letters.map((_, i) => letters.slice(0, i + 1).join('')).slice(1);
  return [initials, ...longer, viewName].map((letter) => `${letter}1`);
}
