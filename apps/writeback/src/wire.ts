import { ApplyCustomerChange, parseMessage } from '@hybridge/contracts';
import { type ItemKey, type PendingChange, pendingFromWire } from '@hybridge/protocol';
import type { AnyView, Catalog, Row } from '@hybridge/views';
import { z } from 'zod';
import { MessageMalformedError } from './errors.ts';

/** The body of a message, read: apply these changes of one item, oldest first. */
export interface Command {
  readonly view: AnyView;
  readonly itemKey: ItemKey;
  /** The item's key columns. */
  readonly keyRow: Row;
  /** Undefined: there were too many for a message, they are to be read from the item. */
  readonly pending: readonly PendingChange[] | undefined;
  /** The inspector sends these changes again: what SQL has answered already is to be answered once more. */
  readonly sweep: boolean;
  /** When the command was put on the bus, milliseconds since 1970; undefined when the bus did not say. */
  readonly sentAt: number | undefined;
}

const Envelope = z.object({ 'detail-type': z.string(), time: z.iso.datetime().optional(), detail: z.unknown() });

/**
 * Reads an EventBridge event as SQS delivers it.
 * @throws MessageMalformedError for everything that will be the same next time
 */
export function parseCommand(body: string, catalog: Catalog): Command {
  try {
    const envelope = Envelope.parse(JSON.parse(body));
    if (envelope['detail-type'] !== ApplyCustomerChange.detailType) {
      throw new MessageMalformedError(`"${envelope['detail-type']}" is not a command of the writeback.`);
    }
    const { metadata, data } = parseMessage(ApplyCustomerChange, envelope.detail);
    return {
      ...targetOf(metadata.view, metadata.key, catalog),
      pending: data.truncated ? undefined : pendingFromWire(data.pending),
      sweep: data.sweep ?? false,
      sentAt: envelope.time === undefined ? undefined : Date.parse(envelope.time),
    };
  } catch (error) {
    if (error instanceof MessageMalformedError) throw error;
    throw new MessageMalformedError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function targetOf(viewName: string, itemKey: ItemKey, catalog: Catalog) {
  const view = catalog.byName(viewName);
  const found = catalog.byKey(itemKey);
  if (found?.view === view) return { view, itemKey, keyRow: found.row };
  throw new MessageMalformedError(`${JSON.stringify(itemKey)} is not the key of an item of ${view.name}.`);
}
