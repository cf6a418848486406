import { type Refusal, RefusalCode } from '@hybridge/sink-sql';

/** Why the writeback gives a change up before SQL has said anything about it. */
export const EXPIRED: Refusal = {
  code: RefusalCode.expired,
  message: 'It waited too long for the database. Look at the present values and decide anew.',
};

export const POISON: Refusal = {
  code: RefusalCode.poison,
  message: 'The database failed on it again and again. The operators can find the reason in their log.',
};
