import { ApiError } from './errors.ts';

/** Documents of one page: an answer is held in memory as a whole. */
export const MAX_PAGE = 100;
export const DEFAULT_PAGE = 50;

/** @throws ApiError */
export function limitIn(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PAGE;
  const limit = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_PAGE) return limit;
  throw badParameter('limit', `is "${text.slice(0, 80)}"`, `Give 1 to ${MAX_PAGE}.`);
}

/** @throws ApiError */
export function orderIn(text: string | undefined): 'ascending' | 'descending' {
  if (text === undefined || text === 'ascending') return 'ascending';
  if (text === 'descending') return text;
  throw badParameter('order', `is "${text.slice(0, 80)}"`, 'Give ascending or descending.');
}

export const badParameter = (name: string, why: string, fix: string): ApiError =>
  new ApiError('HYBRIDGE_API_REQUEST_INVALID', 400, `The parameter ${name.slice(0, 80)} ${why}.`, { fix });
