/** Schemas as they are found in the wild: everything `hybridge init` has to use, to leave out or to refuse. */
export const NASTY_SCHEMA = `
  CREATE SCHEMA "Sales-Dept";
  CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
  CREATE DOMAIN email AS text NOT NULL CHECK (VALUE LIKE '%@%');
  CREATE DOMAIN work_email AS email;

  CREATE TABLE "Kunden-Stamm" (
    "Kunden Nr" uuid PRIMARY KEY, "E-Mail ""privat""" work_email, "2fa" boolean, "class" text, pk text, _v int,
    "FooBar" int, foo_bar int, stimmung mood, "größe" numeric(5, 2),
    full_text text GENERATED ALWAYS AS ("class" || 'x') STORED,
    tags text[], place point, seen interval, cost money, ip inet, doc xml, raw json, wake time
  );
  COMMENT ON TABLE "Kunden-Stamm" IS 'Everybody who ever bought */ something,
and more';
  COMMENT ON COLUMN "Kunden-Stamm"."class" IS 'A to C';

  CREATE TABLE "Sales-Dept"."column" (
    region char(2), number int, PRIMARY KEY (region, number),
    kunde uuid REFERENCES "Kunden-Stamm", parent_region char(2), parent_number int,
    FOREIGN KEY (parent_region, parent_number) REFERENCES "Sales-Dept"."column"
  );
  CREATE TABLE "Sales-Dept".lines (
    region char(2), number int, line smallint, text text,
    PRIMARY KEY (region, number, line), FOREIGN KEY (region, number) REFERENCES "Sales-Dept"."column"
  );
  CREATE TABLE "Sales-Dept".line_notes (
    region char(2), number int, line smallint, at timestamptz,
    PRIMARY KEY (region, number, line, at),
    FOREIGN KEY (region, number, line) REFERENCES "Sales-Dept".lines
  );
  CREATE TABLE profiles (kunde uuid PRIMARY KEY REFERENCES "Kunden-Stamm", bio text);
  CREATE TABLE varchar_child (
    region varchar(2), number int, n int, PRIMARY KEY (region, number, n),
    FOREIGN KEY (region, number) REFERENCES "Sales-Dept"."column"
  );
  CREATE TABLE ring_a (id int PRIMARY KEY);
  CREATE TABLE ring_b (id int PRIMARY KEY REFERENCES ring_a);
  ALTER TABLE ring_a ADD FOREIGN KEY (id) REFERENCES ring_b;

  CREATE TABLE no_key (a int, b text);
  CREATE TABLE unique_only (code text NOT NULL UNIQUE, name text);
  CREATE TABLE unique_identity (code text NOT NULL CONSTRAINT unique_identity_code UNIQUE, name text);
  ALTER TABLE unique_identity REPLICA IDENTITY USING INDEX unique_identity_code;
  CREATE TABLE maybe_unique (code text UNIQUE, name text);
  CREATE UNIQUE INDEX partly ON no_key (a) WHERE b IS NOT NULL;

  CREATE TABLE events (id bigint, at date, body jsonb, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  INSERT INTO events VALUES (1, '2025-05-05', '{}'), (2, '2026-05-05', '{}');

  CREATE TABLE odd_key (at point, box inet PRIMARY KEY);
  CREATE TABLE array_key (ids int[] PRIMARY KEY);
  CREATE TABLE generated_key (a int, b int GENERATED ALWAYS AS (a + 1) STORED PRIMARY KEY);
  CREATE UNLOGGED TABLE session_cache (id int PRIMARY KEY);
  CREATE TABLE parents (id int PRIMARY KEY);
  CREATE TABLE heirs (extra text, PRIMARY KEY (id)) INHERITS (parents);
  CREATE TABLE dropped (id int PRIMARY KEY, gone int, stays int);
  ALTER TABLE dropped DROP COLUMN gone;
  CREATE TABLE "text" (id int PRIMARY KEY, "date" date NOT NULL, ratio real, share double precision);
  CREATE TABLE "text s" (id int PRIMARY KEY);
  CREATE TABLE __ (id int PRIMARY KEY);
  CREATE TABLE keyed_by_float (f float8, d date, b bool, y bytea, t timestamp, n numeric, PRIMARY KEY (f, d, b, y, t, n));
  CREATE VIEW recent AS SELECT * FROM events;
  CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM events;

  DO $$ BEGIN
    EXECUTE 'CREATE TABLE wide (id int PRIMARY KEY' || (SELECT string_agg(', c' || i || ' text', '') FROM generate_series(1, 320) i) || ')';
  END $$;
`;
