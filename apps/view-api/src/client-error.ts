import type { Socket } from 'node:net';
import { ApiError } from './errors.ts';
import { type Problem, problemOf } from './problem.ts';

/** Answers what never became a request: headers too large, a request too slow, no HTTP at all. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(responseText(problemOf(refusalOf(error.code), 'none')), () => socket.destroy());
}

const refusalOf = (code: string | undefined): ApiError => {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ApiError('HYBRIDGE_API_HEADERS_TOO_LARGE', 431, 'The headers are too large.', { fix: 'Send fewer.' });
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ApiError('HYBRIDGE_API_REQUEST_TIMEOUT', 408, 'The request did not arrive in time.', {
      fix: 'Send it faster, or in smaller parts.',
    });
  }
  return new ApiError('HYBRIDGE_API_REQUEST_INVALID', 400, 'This is not a valid HTTP request.', {
    fix: 'Percent-encode addresses and send well-formed headers.',
  });
};

function responseText(problem: Problem): string {
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
