import { Readable } from 'node:stream';

export interface ServerSentEvent {
  readonly event: string;
  readonly id?: string | undefined;
  readonly data: unknown;
}

/** What a client may leave unread before it is cut off, bytes: the next connection gets the present state anyway. */
const MAX_UNREAD_BYTES = 1_048_576;
/** How long a client waits before it connects again, milliseconds. */
const RECONNECT_MS = 3_000;

/** One open stream of server-sent events (WHATWG HTML, "Server-sent events"). */
export interface EventStream {
  readonly body: Readable;
  send(event: ServerSentEvent): void;
  /** Says why, and ends. May be called twice. */
  end(reason: string): void;
}

/** @param options `heartbeatMs`: comments keep proxies from closing a quiet stream */
export function createEventStream(options: {
  readonly heartbeatMs: number;
  readonly onClose: () => void;
}): EventStream {
  const body = new Readable({ read: () => undefined, highWaterMark: MAX_UNREAD_BYTES });
  const write = (text: string): void => {
    if (body.destroyed || body.readableEnded) return;
    if (body.readableLength + text.length > MAX_UNREAD_BYTES) body.destroy();
    else body.push(text);
  };
  const heartbeat = setInterval(() => write(':\n\n'), options.heartbeatMs);
  let ended = false;
  body.once('close', () => {
    clearInterval(heartbeat);
    ended = true;
    options.onClose();
  });
  write(`retry: ${RECONNECT_MS}\n\n`);
  return {
    body,
    send: (event) => {
      if (!ended) write(textOf(event));
    },
    end: (reason) => {
      if (ended) return;
      ended = true;
      write(textOf({ event: 'end', data: { reason } }));
      body.push(null);
    },
  };
}

/** JSON has no line breaks of its own, so that data is always one line. */
const textOf = ({ event, id, data }: ServerSentEvent): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
