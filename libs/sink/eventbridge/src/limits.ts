/** Entries one `PutEvents` call takes at most (EventBridge API reference, PutEvents). */
export const MAX_ENTRIES_PER_CALL = 10;

/**
 * Bytes of all entries of one call together, hence of one entry too. The limit that holds everywhere; accounts with the
 * raised quota of 1 MiB may set `maxEntryBytes` up to `RAISED_MAX_ENTRY_BYTES`.
 */
export const MAX_ENTRY_BYTES = 256 * 1024;
export const RAISED_MAX_ENTRY_BYTES = 1024 * 1024;

/** What the `Time` of an entry counts for, whatever its value. */
export const TIME_BYTES = 14;

/** Sources that begin so are kept for AWS services; the bus refuses them. */
export const RESERVED_SOURCE_PREFIX = 'aws.';

/** Characters `detail-type` may have. */
export const MAX_DETAIL_TYPE_LENGTH = 128;
