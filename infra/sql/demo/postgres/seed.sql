-- Fills the demo database inside the server. Every choice is made by hashing the row's own key, never by chance or by the
-- clock, so the same size gives the same bytes on every machine and version.
--
-- Expects the settings hybridge.demo_customers, hybridge.demo_products and hybridge.demo_orders (numbers of rows).

SET LOCAL timezone = 'UTC';

CREATE FUNCTION pg_temp.size_of(kind text) RETURNS int LANGUAGE sql STABLE AS
  $$ SELECT current_setting('hybridge.demo_' || kind)::int $$;

-- A number from 0 to sides - 1.
CREATE FUNCTION pg_temp.roll(key text, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS
  $$ SELECT (('x' || substr(md5(key), 1, 8))::bit(32)::bigint % sides)::int $$;

CREATE FUNCTION pg_temp.pick(key text, words text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT words[1 + pg_temp.roll(key, cardinality(words))] $$;

CREATE FUNCTION pg_temp.slug(name text) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT regexp_replace(translate(lower(name), 'áéíóúäëïöüñçèåøłı', 'aeiouaeiounceaoli'), '[^a-z]+', '-', 'g') $$;

-- The history of a customer as clerks noted it over the years: some 110 characters an entry, poor to compress.
CREATE FUNCTION pg_temp.case_history(key text, entries int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg(
    format('Case %s: %s %s %s.', md5(key || n),
      pg_temp.pick(key || 'a' || n, ARRAY['customer', 'branch', 'carrier', 'warehouse', 'accounting']),
      pg_temp.pick(key || 'b' || n, ARRAY['asked about', 'complained about', 'sent back', 'confirmed', 'corrected', 'paid for']),
      pg_temp.pick(key || 'c' || n, ARRAY['the invoice of last month', 'a parcel left with the neighbours', 'two missing screws',
        'the delivery window', 'a scratched surface', 'the wrong colour', 'an old credit note', 'the spare part'])),
    E'\n' ORDER BY n)
  FROM generate_series(1, entries) AS n
$$;

CREATE FUNCTION pg_temp.street(key text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_temp.pick(key || 'street', ARRAY['Kerkstraat', 'Mill Lane', 'Lindenallee', 'Rue des Tanneurs', 'Harbour Road',
    'Calle Mayor', 'Via Garibaldi', 'Storgatan', 'Bahnhofstraße', 'Station Road', 'Prinsengracht', 'Elm Grove', 'Am Markt',
    'Rua Augusta', 'Quai de la Loire', 'Nygade']) || ' ' || (1 + pg_temp.roll(key || 'number', 180))
$$;

CREATE TEMPORARY TABLE places (place_no int PRIMARY KEY, city text, country text, postal_pattern text) ON COMMIT DROP;
INSERT INTO places VALUES
  (0, 'Leiden', 'NL', '23## AB'), (1, 'Utrecht', 'NL', '35## KD'), (2, 'Groningen', 'NL', '97## EX'), (3, 'Gent', 'BE', '90##'),
  (4, 'Antwerpen', 'BE', '20##'), (5, 'Köln', 'DE', '506##'), (6, 'Leipzig', 'DE', '041##'), (7, 'Hamburg', 'DE', '203##'),
  (8, 'Bristol', 'GB', 'BS# #QT'), (9, 'Leeds', 'GB', 'LS# #DA'), (10, 'Glasgow', 'GB', 'G# #NP'), (11, 'Lille', 'FR', '590##'),
  (12, 'Nantes', 'FR', '440##'), (13, 'Lyon', 'FR', '690##'), (14, 'Torino', 'IT', '101##'), (15, 'Bologna', 'IT', '401##'),
  (16, 'Sevilla', 'ES', '410##'), (17, 'Bilbao', 'ES', '480##'), (18, 'Porto', 'PT', '4###-021'), (19, 'Malmö', 'SE', '211 ##'),
  (20, 'Aarhus', 'DK', '80##'), (21, 'Kraków', 'PL', '31-0##'), (22, 'Graz', 'AT', '80##'), (23, 'Basel', 'CH', '40##');

CREATE FUNCTION pg_temp.postal_code(key text, pattern text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg(CASE letter WHEN '#' THEN pg_temp.roll(key || n, 10)::text ELSE letter END, '' ORDER BY n)
  FROM regexp_split_to_table(pattern, '') WITH ORDINALITY AS t (letter, n)
$$;

INSERT INTO public.customers (id, email, full_name, phone, street, postal_code, city, country, credit_limit, born_on,
  preferences, remarks, created_at)
SELECT id,
  pg_temp.slug(first_name) || '.' || pg_temp.slug(last_name) || id || '@'
    || pg_temp.pick(key || 'domain', ARRAY['example.com', 'example.org', 'example.net', 'mail.example']),
  first_name || ' ' || last_name,
  CASE WHEN pg_temp.roll(key || 'has phone', 10) < 8
    THEN '+' || (31 + pg_temp.roll(key || 'prefix', 17)) || ' ' || (100000000 + pg_temp.roll(key || 'phone', 899999999)) END,
  pg_temp.street(key),
  pg_temp.postal_code(key, postal_pattern),
  city,
  country,
  (pg_temp.roll(key || 'credit', 200) * 50)::numeric + pg_temp.roll(key || 'cents', 4) * 0.25,
  CASE WHEN pg_temp.roll(key || 'has birthday', 10) < 7 THEN date '1945-01-01' + pg_temp.roll(key || 'born', 22000) END,
  jsonb_build_object(
    'newsletter', pg_temp.roll(key || 'newsletter', 2) = 1,
    'language', pg_temp.pick(key || 'language', ARRAY['nl', 'en', 'de', 'fr', 'it', 'es']),
    'favourites', jsonb_build_array(pg_temp.roll(key || 'f1', 500), pg_temp.roll(key || 'f2', 500)),
    'delivery', jsonb_build_object('evening', pg_temp.roll(key || 'evening', 3) = 0, 'neighbour', null)),
  CASE WHEN id % 40 = 7 THEN pg_temp.case_history(key, 60)
    WHEN pg_temp.roll(key || 'remarks', 5) = 0 THEN pg_temp.case_history(key, 1) END,
  timestamptz '2019-03-01 08:00:00Z' + pg_temp.roll(key || 'created', 200000000) * interval '1 second'
    + pg_temp.roll(key || 'micro', 1000000) * interval '1 microsecond'
FROM (
  SELECT id, 'customer ' || id AS key,
    pg_temp.pick('first ' || id, ARRAY['Anna', 'Bram', 'Chloé', 'Daan', 'Elif', 'Femke', 'Giulia', 'Hannah', 'Ibrahim', 'Jasper',
      'Katarzyna', 'Lars', 'María', 'Noah', 'Oona', 'Pieter', 'Quentin', 'Rosa', 'Søren', 'Thea', 'Umut', 'Viktor', 'Willem',
      'Xenia', 'Yusuf', 'Zoë', 'Aisha', 'Björn', 'Clara', 'Dmitri']) AS first_name,
    pg_temp.pick('last ' || id, ARRAY['de Vries', 'Jansen', 'Müller', 'Schmidt', 'Rossi', 'García', 'Dubois', 'Lefèvre', 'Smith',
      'Taylor', 'Nowak', 'Kowalska', 'Andersson', 'Nielsen', 'Silva', 'Costa', 'van den Berg', 'Peeters', 'Yılmaz', 'Haddad',
      'O''Brien', 'Fischer', 'Moretti', 'Laurent', 'Okafor', 'Novák', 'Horvat', 'Weber', 'Bakker', 'Visser']) AS last_name
  FROM generate_series(1, pg_temp.size_of('customers')) AS id
) AS people
JOIN places ON place_no = pg_temp.roll(key || 'place', 24);

-- Everybody has one delivery address, every third customer two.
INSERT INTO public.addresses (customer_id, label, street, postal_code, city, country, instructions)
SELECT customer_id, label, pg_temp.street(key), pg_temp.postal_code(key, postal_pattern), city, country,
  CASE WHEN pg_temp.roll(key || 'instructions', 3) = 0 THEN pg_temp.pick(key || 'text', ARRAY['Ring twice.', 'Leave at the back door.',
    'Not before 17:00.', 'Beware of the dog, it steals parcels.', 'Third floor, no lift.']) END
FROM (
  SELECT customer_id, label, 'address ' || customer_id || label AS key
  FROM generate_series(1, pg_temp.size_of('customers')) AS customer_id
  CROSS JOIN unnest(ARRAY['home', 'work']) AS label
  WHERE label = 'home' OR customer_id % 3 = 0
) AS wanted
JOIN places ON place_no = pg_temp.roll(key || 'place', 24);

INSERT INTO public.products (id, sku, name, description, list_price, weight_kg, in_stock, discontinued, attributes, thumbnail,
  updated_at)
SELECT id,
  upper(substr(thing, 1, 3)) || '-' || lpad(id::text, 6, '0'),
  style || ' ' || material || ' ' || thing,
  'A ' || lower(style) || ' ' || thing || ' of ' || material || '. '
    || pg_temp.pick(key || 'text', ARRAY['Made to last.', 'Arrives assembled.', 'Easy to clean.', 'Repairable, with spare parts for ten years.'])
    || CASE WHEN id % 25 = 3 THEN E'\n' || pg_temp.case_history(key, 50) ELSE '' END,
  (3 + pg_temp.roll(key || 'price', 900))::numeric + pg_temp.pick(key || 'cents', ARRAY['0.00', '0.49', '0.95', '0.99'])::numeric,
  CASE WHEN pg_temp.roll(key || 'has weight', 5) > 0 THEN (1 + pg_temp.roll(key || 'weight', 40000)) * 0.001 END,
  pg_temp.roll(key || 'stock', 250),
  pg_temp.roll(key || 'discontinued', 20) = 0,
  jsonb_build_object(
    'colour', pg_temp.pick(key || 'colour', ARRAY['black', 'white', 'oak', 'moss', 'rust', 'sky']),
    'sizeCm', jsonb_build_array(10 + pg_temp.roll(key || 'w', 200), 5 + pg_temp.roll(key || 'd', 90), 1 + pg_temp.roll(key || 'h', 220)),
    'rating', pg_temp.roll(key || 'rating', 50) * 0.1,
    'certificates', CASE WHEN id % 4 = 0 THEN '["FSC"]'::jsonb ELSE '[]'::jsonb END),
  CASE WHEN id % 3 = 0 THEN decode('89504e470d0a1a0a' || md5(key || 't1') || md5(key || 't2'), 'hex') END,
  timestamptz '2025-06-01 00:00:00Z' + pg_temp.roll(key || 'updated', 15000000) * interval '1 second'
FROM (
  SELECT id, 'product ' || id AS key,
    pg_temp.pick('style ' || id, ARRAY['Compact', 'Folding', 'Classic', 'Heavy', 'Nordic', 'Outdoor', 'Plain', 'Rustic', 'Slim', 'Stackable']) AS style,
    pg_temp.pick('material ' || id, ARRAY['oak', 'steel', 'wool', 'linen', 'glass', 'bamboo', 'leather', 'cork', 'ceramic', 'aluminium']) AS material,
    pg_temp.pick('thing ' || id, ARRAY['table', 'chair', 'lamp', 'shelf', 'kettle', 'blanket', 'bench', 'mirror', 'basket', 'clock',
      'stool', 'tray', 'vase', 'rug', 'cabinet']) AS thing
  FROM generate_series(1, pg_temp.size_of('products')) AS id
) AS goods;

CREATE TEMPORARY TABLE lines ON COMMIT DROP AS
SELECT n, line_no, product.id AS product_id, 1 + pg_temp.roll('quantity ' || n || '/' || line_no, 4) AS quantity, product.list_price,
  CASE WHEN pg_temp.roll('discounted ' || n || '/' || line_no, 6) = 0 THEN 0.05 * (1 + pg_temp.roll('discount ' || n, 4)) END AS discount
FROM generate_series(1, pg_temp.size_of('orders')) AS n
CROSS JOIN LATERAL generate_series(1, 1 + pg_temp.roll('lines ' || n, 5)) AS line_no
JOIN public.products AS product ON product.id = 1 + pg_temp.roll('line ' || n || '/' || line_no, pg_temp.size_of('products'));

INSERT INTO public.orders (id, reference, customer_id, status, total, note, placed_at, shipped_at)
SELECT 9007199254740992 + n,
  md5('reference ' || n)::uuid,
  1 + pg_temp.roll('buyer ' || n, pg_temp.size_of('customers')),
  status,
  total,
  CASE WHEN pg_temp.roll('note ' || n, 6) = 0 THEN pg_temp.pick('note text ' || n, ARRAY['Please call before delivery.', 'It is a present.',
    'Invoice to the office, please.', 'Two parcels are fine.']) END,
  placed_at,
  CASE WHEN status IN ('shipped', 'delivered', 'returned')
    THEN placed_at + (3600 + pg_temp.roll('shipped ' || n, 400000)) * interval '1 second' END
FROM (
  SELECT n,
    pg_temp.pick('status ' || n, ARRAY['placed', 'paid', 'picking', 'shipped', 'delivered', 'delivered', 'delivered', 'delivered',
      'cancelled', 'returned']) AS status,
    timestamptz '2025-01-01 00:00:00Z' + pg_temp.roll('placed ' || n, 27000000) * interval '1 second'
      + pg_temp.roll('placed micro ' || n, 1000000) * interval '1 microsecond' AS placed_at
  FROM generate_series(1, pg_temp.size_of('orders')) AS n
) AS placed
JOIN (SELECT n, sum(round(quantity * list_price * (1 - coalesce(discount, 0)), 2)) AS total FROM lines GROUP BY n) AS sums USING (n)
ORDER BY n;

INSERT INTO public.order_lines (order_id, line_no, product_id, quantity, unit_price, discount)
SELECT 9007199254740992 + n, line_no, product_id, quantity, list_price, discount FROM lines ORDER BY n, line_no;

-- Every fourth customer has one wish.
INSERT INTO public.wishes (customer_id, product_id, quantity, note, wished_at)
SELECT customer_id, 1 + pg_temp.roll(key, pg_temp.size_of('products')), 1 + pg_temp.roll(key || 'quantity', 3),
  CASE WHEN pg_temp.roll(key || 'note', 3) = 0 THEN 'For a birthday.' END,
  timestamptz '2025-01-01 00:00:00Z' + pg_temp.roll(key || 'at', 27000000) * interval '1 second'
FROM (
  SELECT customer_id, 'wish ' || customer_id AS key
  FROM generate_series(4, pg_temp.size_of('customers'), 4) AS customer_id
) AS wishers;

SELECT setval(pg_get_serial_sequence('public.customers', 'id'), pg_temp.size_of('customers'));
SELECT setval(pg_get_serial_sequence('public.products', 'id'), pg_temp.size_of('products'));
SELECT setval(pg_get_serial_sequence('public.orders', 'id'), 9007199254740992 + pg_temp.size_of('orders'));
