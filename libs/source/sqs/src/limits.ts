/** Limits of SQS. Source: Amazon SQS developer guide, "message quotas". */

/** Messages one ReceiveMessage may return, and entries one batch call may carry. */
export const MAX_BATCH_ENTRIES = 10;
/** Longest wait of one ReceiveMessage. */
export const LONG_POLL_SECONDS = 20;
/** Longest time a message may stay invisible after it was received. */
export const MAX_VISIBILITY_SECONDS = 43_200;
