import { type ExpressionName, Expressions } from '@hybridge/protocol';

/** A condition without one of its clauses. */
export interface Mutant {
  /** `fill: #v = :lv`, with a number where a clause stands more than once. */
  readonly name: string;
  readonly expression: ExpressionName;
  readonly condition: string;
}

type Node = { readonly join: 'AND' | 'OR'; readonly parts: readonly Node[] } | { readonly clause: string };

/** Every condition of the protocol, each time without one clause. */
export function mutantsOf(
  expressions: Readonly<Record<string, { readonly condition: string }>> = Expressions,
): Mutant[] {
  return Object.entries(expressions).flatMap(([expression, { condition }]) => {
    const used = new Map<string, number>();
    return removals(parse(condition)).map(({ removed, rest }) => {
      const count = (used.get(removed) ?? 0) + 1;
      used.set(removed, count);
      const name = `${expression}: ${removed}${count === 1 ? '' : ` (${count})`}`;
      return { name, expression: expression as ExpressionName, condition: print(rest) };
    });
  });
}

interface Removal {
  readonly removed: string;
  readonly rest: Node;
}

/** Each part goes once as a whole; of a group, each part of it goes too. */
function removals(node: Node): Removal[] {
  if (!('join' in node)) return [];
  return node.parts.flatMap((part, at) => [
    { removed: print(part), rest: joined(node.join, node.parts.toSpliced(at, 1)) },
    ...removals(part).map(({ removed, rest }) => ({ removed, rest: joined(node.join, node.parts.with(at, rest)) })),
  ]);
}

const joined = (join: 'AND' | 'OR', parts: readonly Node[]): Node =>
  parts.length === 1 ? (parts[0] as Node) : { join, parts };

function parse(condition: string): Node {
  for (const join of ['OR', 'AND'] as const) {
    const parts = splitAt(condition, ` ${join} `);
    if (parts.length > 1) return { join, parts: parts.map(parse) };
  }
  return condition.startsWith('(') ? parse(condition.slice(1, -1)) : { clause: condition };
}

/** Splits where the separator stands outside of all parentheses. */
function splitAt(condition: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < condition.length; at += 1) {
    if (condition[at] === '(') depth += 1;
    if (condition[at] === ')') depth -= 1;
    if (depth > 0 || !condition.startsWith(separator, at)) continue;
    parts.push(condition.slice(from, at));
    from = at + separator.length;
  }
  return [...parts, condition.slice(from)];
}

function print(node: Node): string {
  if ('clause' in node) return node.clause;
  return node.parts.map((part) => ('join' in part ? `(${print(part)})` : part.clause)).join(` ${node.join} `);
}
