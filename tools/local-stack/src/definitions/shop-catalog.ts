import { catalog as installed } from '@hybridge/definitions';
import { partOf } from '@hybridge/views';

/** The views of the demo whose rows are in PostgreSQL. */
export const catalog = partOf(installed, ({ table }) => table.source.kind === 'postgres');
