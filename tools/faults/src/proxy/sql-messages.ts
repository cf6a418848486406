/** The framing of PostgreSQL's protocol (version 3): messages of a connection without TLS, as far as a proxy must know it. */

export interface SqlMessage {
  /** One letter; empty for the first message of a client, which has none. */
  readonly type: string;
  /** All of it, type and length included. */
  readonly bytes: Buffer;
}

/** Takes what arrives, hands out each message when it is whole. */
export type SqlMessageReader = (chunk: Buffer) => readonly SqlMessage[];

const LENGTH_BYTES = 4;
/** No message of ours comes near it. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** @param startup whether the first message is a client's, without a type. @throws RangeError for what is no message */
export function createSqlMessageReader({ startup }: { readonly startup: boolean }): SqlMessageReader {
  let rest: Buffer = Buffer.alloc(0);
  let typeBytes = startup ? 0 : 1;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const messages: SqlMessage[] = [];
    for (;;) {
      const end = endOfFirst(rest, typeBytes);
      if (end === undefined || end > rest.length) return messages;
      messages.push({ type: rest.toString('latin1', 0, typeBytes), bytes: rest.subarray(0, end) });
      rest = rest.subarray(end);
      typeBytes = 1;
    }
  };
}

/** Undefined while its length has not arrived. */
function endOfFirst(bytes: Buffer, typeBytes: number): number | undefined {
  if (bytes.length < typeBytes + LENGTH_BYTES) return undefined;
  const end = typeBytes + bytes.readUInt32BE(typeBytes);
  if (end >= typeBytes + LENGTH_BYTES && end <= MAX_MESSAGE_BYTES) return end;
  throw new RangeError(`A PostgreSQL message is said to have ${end} bytes: this is another protocol, such as TLS.`);
}

const HEADER_BYTES = 1 + LENGTH_BYTES;

/** Whether a client's message asks for COMMIT: a simple query, or a statement to be prepared. */
export function asksForCommit({ type, bytes }: SqlMessage): boolean {
  if (type === 'Q') return isCommit(bytes.toString('utf8', HEADER_BYTES));
  return type === 'P' && isCommit(bytes.toString('utf8', bytes.indexOf(0, HEADER_BYTES) + 1));
}

const isCommit = (text: string): boolean => /^\s*commit\b/i.test(text);

/** Whether the server has answered all it was asked, and has nothing left to do. */
export const isReadyForQuery = ({ type }: SqlMessage): boolean => type === 'Z';
