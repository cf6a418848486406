import type { Message } from '@aws-sdk/client-sqs';

/** A message as the queue handed it out this time. */
export interface QueueMessage {
  /** The queue's own id of the message; the same at every redelivery. */
  readonly id: string;
  readonly body: string;
  /** How often it has been handed out, this time included; at `maxReceiveCount` the queue moves it to its DLQ. */
  readonly receiveCount: number;
  /** When it entered the queue, milliseconds since 1970. */
  readonly sentAt: number;
}

/** A message and the handle by which this receipt of it is deleted, kept or given back. */
export interface Receipt {
  readonly message: QueueMessage;
  readonly handle: string;
}

export const receiptOf = (message: Message): Receipt => ({
  message: {
    id: message.MessageId ?? '',
    body: message.Body ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? '1'),
    sentAt: Number(message.Attributes?.SentTimestamp ?? '0'),
  },
  handle: message.ReceiptHandle ?? '',
});
