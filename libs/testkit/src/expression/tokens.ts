import { TestkitError } from '../errors.ts';

/** The words of DynamoDB's expression language that the protocol's conditions and updates are made of. */
export type Token =
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string };

const PATTERN = /\s*(?:(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([A-Za-z_]+)|(<>|<=|>=|[=<>(),.]))/y;
const KINDS = ['name', 'value', 'word', 'sign'] as const;

/** Reads tokens one after another. */
export interface TokenReader {
  peek(): Token | undefined;
  next(): Token;
  /** Takes the next token if it reads so (words in any case). */
  take(text: string): boolean;
  /** @throws TestkitError when the next token reads otherwise */
  expect(text: string): void;
}

/** @throws TestkitError when a character begins no token */
export function readTokens(expression: string): TokenReader {
  const tokens = tokenize(expression);
  let at = 0;
  const fail = (wanted: string): never => {
    throw new TestkitError(
      'HYBRIDGE_TESTKIT_EXPRESSION_INVALID',
      `Expected ${wanted} in "${expression}", token ${at + 1}.`,
    );
  };
  const reader: TokenReader = {
    peek: () => tokens[at],
    next: () => tokens[at++] ?? fail('more'),
    take: (text) => {
      if (tokens[at]?.text.toUpperCase() !== text.toUpperCase()) return false;
      at++;
      return true;
    },
    expect: (text) => {
      if (!reader.take(text)) fail(text);
    },
  };
  return reader;
}

function tokenize(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  const source = expression.trimEnd();
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < source.length) {
    const from = PATTERN.lastIndex;
    const match = PATTERN.exec(source);
    if (match === null) {
      throw new TestkitError(
        'HYBRIDGE_TESTKIT_EXPRESSION_INVALID',
        `Cannot read "${source.slice(from)}" in "${source}".`,
      );
    }
    const group = KINDS.findIndex((_, i) => match[i + 1] !== undefined);
    tokens.push({ kind: KINDS[group] as Token['kind'], text: match[group + 1] as string });
  }
  return tokens;
}
