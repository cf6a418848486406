import { type ExpressionName, Expressions, NULL, buildWrite } from '@hybridge/protocol';

/** DynamoDB refuses longer expressions. Source: developer guide, "Quotas: expression parameters", 4 KB. */
export const MAX_EXPRESSION_BYTES = 4096;

export interface ExpressionSize {
  readonly expression: ExpressionName;
  readonly bytes: number;
}

/** The longest expression the protocol ever sends for an item of this many attributes that tell of its row, every one written. */
export function longestExpression(columnCount: number): ExpressionSize {
  const columns = Object.fromEntries(Array.from({ length: columnCount }, (_, i) => [`c${i}`, NULL]));
  const sizes = (Object.keys(Expressions) as ExpressionName[]).map((expression): ExpressionSize => {
    const write = buildWrite(expression, { key: { pk: '', sk: '' }, columns, values: {} });
    return { expression, bytes: Math.max(write.update.length, write.condition.length) };
  });
  return sizes.reduce((longest, size) => (size.bytes > longest.bytes ? size : longest));
}
