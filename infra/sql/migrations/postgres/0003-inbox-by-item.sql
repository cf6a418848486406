-- A change that was made while others of its item were unanswered is held against their answers.
CREATE INDEX hybridge_inbox_item_idx ON public.hybridge_inbox (pk, sk, at DESC);
