import type { AttributeValue, Attributes } from '@hybridge/protocol';
import { TestkitError } from '../errors.ts';
import { type Scope, attributeName, parseOperand } from './condition.ts';
import { type TokenReader, readTokens } from './tokens.ts';

/**
 * The attributes after an update of `SET` and `REMOVE` clauses. Every right-hand side sees the item as it was.
 * @throws TestkitError when a path is written twice, or an attribute that is read does not exist: DynamoDB refuses both
 */
export function updated(update: string, scope: Scope): Attributes {
  const tokens = readTokens(update);
  const result: Record<string, AttributeValue> = { ...scope.attributes };
  const written = new Set<string>();
  const touch = (name: string): string => {
    if (written.has(name)) throw invalid(`"${update}" writes attribute ${name} twice.`);
    written.add(name);
    return name;
  };
  while (tokens.peek() !== undefined) {
    const clause = tokens.next().text.toUpperCase();
    do {
      const name = touch(attributeName(tokens.next().text, scope));
      if (tokens.take('.')) throw invalid(`"${update}" writes into a map, which no expression of the protocol does.`);
      if (clause === 'SET') {
        tokens.expect('=');
        result[name] = readRightSide(tokens, scope);
      } else if (clause === 'REMOVE') {
        delete result[name];
      } else {
        throw invalid(`"${clause}" is no known clause.`);
      }
    } while (tokens.take(','));
  }
  return result;
}

function readRightSide(tokens: TokenReader, scope: Scope): AttributeValue {
  if (!tokens.take('if_not_exists')) return required(parseOperand(tokens)(scope));
  tokens.expect('(');
  const current = parseOperand(tokens)(scope);
  tokens.expect(',');
  const fallback = parseOperand(tokens)(scope);
  tokens.expect(')');
  return required(current ?? fallback);
}

function required(value: AttributeValue | undefined): AttributeValue {
  if (value !== undefined) return value;
  throw invalid('The right-hand side of SET is an attribute that does not exist.');
}

const invalid = (message: string): TestkitError => new TestkitError('HYBRIDGE_TESTKIT_EXPRESSION_INVALID', message);
