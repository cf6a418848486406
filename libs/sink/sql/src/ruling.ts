import type { Row } from '@hybridge/views';
import type { Note, Refusal } from './refusal.ts';

/** What is to be done to the row for one customer change; `set` is by column name. */
export type Ruling =
  | { readonly do: 'update'; readonly set: Row; readonly note?: Note }
  | { readonly do: 'insert'; readonly set: Row }
  | { readonly do: 'delete' }
  /** What the customer wants is so already. */
  | { readonly do: 'nothing' }
  | { readonly do: 'reject'; readonly refusal: Refusal };
