import type { Contract, Message, Metadata } from '@hybridge/contracts';
import { type ItemKey, type Version, formatKey } from '@hybridge/protocol';
import type { EventEntry } from '@hybridge/sink-eventbridge';

/** command: asks the writeback · outcome: tells how a customer's change ended · event: tells of a change in SQL. */
export type MessageKind = 'command' | 'outcome' | 'event';

/** A message for the bus, made from one stream record. */
export interface OutgoingMessage extends EventEntry {
  readonly kind: MessageKind;
  readonly itemKey: ItemKey;
  readonly detail: Message;
}

export interface Occurrence {
  readonly kind: MessageKind;
  readonly view: string;
  readonly key: ItemKey;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly itemVersion: Version | undefined;
  /** What happened, in a form that is the same whenever the record is read again. */
  readonly identity: string;
}

export function messageOf<Data>(contract: Contract<Data>, occurrence: Occurrence, data: Data): OutgoingMessage {
  const time = new Date(occurrence.at);
  const metadata: Metadata = {
    id: `${occurrence.identity}:${contract.detailType}`,
    version: contract.version,
    view: occurrence.view,
    key: occurrence.key,
    ...(occurrence.itemVersion === undefined ? {} : { itemVersion: occurrence.itemVersion }),
    occurredAt: time.toISOString(),
  };
  return {
    kind: occurrence.kind,
    itemKey: occurrence.key,
    source: contract.source,
    detailType: contract.detailType,
    time,
    detail: { metadata, data },
  };
}

/**
 * A change of the SQL truth is known by item and version: an item takes each version once, so the same change has the
 * same id from whatever stream it is read.
 */
export const identityOfTruth = (key: ItemKey, version: Version, index: number): string =>
  `${formatKey(key)}@${version}:${index}`;
