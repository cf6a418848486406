import type { ItemKey } from '@hybridge/protocol';

/** An order as SQL has it: what every contender must answer, in text. */
export interface Order {
  readonly id: string;
  readonly reference: string;
  readonly customerId: string;
  readonly status: string;
  readonly total: string;
  readonly note: string | null;
}

/** The statement that gives orders in this form; the attributes have the names of the view. */
export const SELECT_ORDER = `
  SELECT id::text, reference::text, customer_id::text AS "customerId", status, total::text, note FROM public.orders`;

export const orderKey = (id: string): ItemKey => ({ pk: `o1#ORDER#${id}`, sk: 'ORDER' });

const NAMES = ['id', 'reference', 'customerId', 'status', 'note'] as const;

/**
 * What is wrong with an answer; undefined when it is the order.
 * @param answer attributes by name, numbers as numbers or as text
 */
export function orderFault(
  expected: Order,
  answer: { readonly [attribute: string]: unknown } | undefined,
): string | undefined {
  if (answer === undefined) return `order ${expected.id} is missing`;
  const wrong = NAMES.find((name) => textOf(answer[name]) !== textOf(expected[name]));
  if (wrong !== undefined) return `order ${expected.id} has ${wrong} ${textOf(answer[wrong])}, not ${expected[wrong]}`;
  if (Number(answer['total']) === Number(expected.total)) return undefined;
  return `order ${expected.id} has total ${textOf(answer['total'])}, not ${expected.total}`;
}

const textOf = (value: unknown): string => String(value);
