import { ApiError } from '../errors.ts';

/** Counts open streams, so that nobody takes them all. */
export interface StreamSeats {
  /** @returns gives the seat back @throws ApiError 429 for one caller too many, 503 when all are taken */
  take(caller: string): () => void;
}

export function createStreamSeats(limits: { readonly all: number; readonly perCaller: number }): StreamSeats {
  const taken = new Map<string, number>();
  let all = 0;
  return {
    take(caller) {
      const own = taken.get(caller) ?? 0;
      if (own >= limits.perCaller) throw tooMany(429, `You have ${own} streams open.`, 'Close one of them.');
      if (all >= limits.all) throw tooMany(503, 'All streams are taken.', 'Try again later, or poll.');
      taken.set(caller, own + 1);
      all += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        all -= 1;
        const remaining = (taken.get(caller) ?? 1) - 1;
        if (remaining === 0) taken.delete(caller);
        else taken.set(caller, remaining);
      };
    },
  };
}

const tooMany = (status: number, message: string, fix: string): ApiError =>
  new ApiError('HYBRIDGE_API_TOO_MANY_STREAMS', status, message, { fix });
