import type { AnyView } from '@hybridge/views';
import { operationsOf } from '../operations.ts';
import { DEFAULT_PAGE, MAX_PAGE } from '../page-parameters.ts';
import type { Schema } from './value-schema.ts';

export const PAGE_PARAMETERS: readonly Schema[] = [
  {
    name: 'limit',
    in: 'query',
    description: 'Documents of one page at most; there may be fewer, and more behind them.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE },
  },
  { name: 'order', in: 'query', schema: { enum: ['ascending', 'descending'], default: 'ascending' } },
  {
    name: 'cursor',
    in: 'query',
    description: 'Of the page before, with everything else as for that page.',
    schema: { type: 'string' },
  },
];

/** Of an answer. */
export const CURSOR: Schema = {
  type: 'string',
  description: 'What the next page begins behind; absent at the end.',
};

/** A document as one of several. @param always what further members always are there */
export const listedSchema = (view: AnyView, title: string, always: readonly string[] = []): Schema => ({
  type: 'object',
  required: [...(hasAddress(view) ? ['path'] : []), 'key', 'pending', 'document', ...always],
  properties: listedProperties(view, title),
});

export const listedProperties = (view: AnyView, title: string): Readonly<Record<string, Schema>> => ({
  ...(hasAddress(view) ? { path: { type: 'string', description: 'The address of the document.' } } : {}),
  key: { type: 'array', items: { type: 'string' } },
  version: { type: 'string', description: 'Its ETag, without the quotes; absent where SQL answered uncached.' },
  pending: {
    type: 'array',
    items: { type: 'string' },
    description: 'Changes in the document that SQL has not answered.',
  },
  document: { $ref: `#/components/schemas/${title}` },
});

const hasAddress = (view: AnyView): boolean => operationsOf(view).includes('read');
