-- SQL's answer to every customer change, written in the transaction that applies it. The connector captures this table
-- with the others; its Kafka key is (pk, sk).

CREATE TABLE public.hybridge_inbox (
  change_id text PRIMARY KEY,
  view text NOT NULL,
  pk text NOT NULL,
  sk text NOT NULL,
  -- A applied, R rejected
  outcome char(1) NOT NULL CHECK (outcome IN ('A', 'R')),
  code text,
  message text,
  -- {"e":1,"row":{…}} the row as it is now, {"e":0} deleted by this change, NULL nothing proven
  image jsonb,
  -- counts up when an answer is announced again
  signal int NOT NULL DEFAULT 1,
  policy text,
  base jsonb,
  wanted jsonb,
  at timestamptz NOT NULL DEFAULT now()
);

-- An announcement that leaves a large image untouched must still carry it, and a purged row must still be keyed by (pk, sk).
ALTER TABLE public.hybridge_inbox REPLICA IDENTITY FULL;

GRANT USAGE ON SCHEMA public TO hybridge_capture, hybridge_app;
GRANT SELECT ON public.hybridge_inbox TO hybridge_capture;
GRANT SELECT, INSERT ON public.hybridge_inbox TO hybridge_app;
GRANT UPDATE (signal, image, at) ON public.hybridge_inbox TO hybridge_app;
