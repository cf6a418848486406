/**
 * Changes made of writes behind the protocol (8.4): their item has no pending change of theirs, so that the answer has
 * to be known for theirs by its id.
 */
const RAW_PREFIX = 'raw:';

/** Who a change behind the protocol is by. */
export const RAW_WRITER = 'raw';

/**
 * The same whenever the stream record is read again. A table made anew may count its records from the beginning: the time
 * keeps them apart.
 *
 * @param record its sequence number in the stream, and when it was written, milliseconds since 1970
 */
export const rawChangeId = (record: { readonly sequence: string; readonly at: number }): string =>
  `${RAW_PREFIX}${record.sequence}@${record.at}`;

export const isRawChange = (id: string): boolean => id.startsWith(RAW_PREFIX);
