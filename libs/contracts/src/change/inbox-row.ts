import { z } from 'zod';
import { ContractError } from '../errors.ts';
import { type JsonValue, parseJson } from '../json.ts';

/** SQL's answer to one customer change: a row of `hybridge_inbox` as the connector captures it. */
export interface InboxRow {
  readonly changeId: string;
  readonly view: string;
  readonly key: { readonly pk: string; readonly sk: string };
  readonly outcome: 'A' | 'R';
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** The row when the answer committed: present, absent because this change deleted it, or nothing proven. */
  readonly image:
    | { readonly exists: true; readonly row: { readonly [column: string]: JsonValue } }
    | { readonly exists: false }
    | undefined;
  /** When SQL answered, milliseconds since 1970. */
  readonly at: number;
}

const schema = z.object({
  change_id: z.string().min(1),
  view: z.string().min(1),
  pk: z.string().min(1),
  sk: z.string().min(1),
  outcome: z.enum(['A', 'R']),
  code: z.string().nullish(),
  message: z.string().nullish(),
  image: z.string().nullish(),
  at: z.string(),
});

/**
 * @param after the row as a change event carries it
 * @throws ContractError `HYBRIDGE_CONTRACT_CHANGE_MALFORMED`
 */
export function parseInboxRow(after: { readonly [column: string]: JsonValue }): InboxRow {
  const parsed = schema.safeParse(after);
  if (!parsed.success) {
    throw new ContractError(
      'HYBRIDGE_CONTRACT_CHANGE_MALFORMED',
      `Not a row of hybridge_inbox: ${z.prettifyError(parsed.error)}`,
    );
  }
  const row = parsed.data;
  return {
    changeId: row.change_id,
    view: row.view,
    key: { pk: row.pk, sk: row.sk },
    outcome: row.outcome,
    code: row.code ?? undefined,
    message: row.message ?? undefined,
    image: row.image == null ? undefined : parseImage(row.image),
    at: Date.parse(row.at),
  };
}

function parseImage(text: string): InboxRow['image'] {
  const image = parseImageJson(text) as { e?: unknown; row?: { readonly [column: string]: JsonValue } } | null;
  if (String(image?.e) === '1' && image?.row !== undefined) return { exists: true, row: image.row };
  return String(image?.e) === '0' ? { exists: false } : undefined;
}

function parseImageJson(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new ContractError(
      'HYBRIDGE_CONTRACT_CHANGE_MALFORMED',
      'The image in a row of hybridge_inbox is not valid JSON.',
      {
        cause,
      },
    );
  }
}
