-- Fills the stock-room database. Every choice is made by hashing the row's own key, never by chance or by the clock, so the
-- same size gives the same bytes on every machine. Expects @products, the number of products.

SET SESSION time_zone = '+00:00';
SET SESSION max_recursive_iterations = 1000000;

START TRANSACTION;

INSERT INTO inventory (product_id, bin, status, on_hand, reserved, reorder_level, units_moved, last_counted, updated_at)
WITH RECURSIVE numbers (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM numbers WHERE id < @products),
rolls AS (
  SELECT id,
    CAST(CONV(SUBSTR(MD5(CONCAT('stock ', id)), 1, 8), 16, 10) AS UNSIGNED) % 250 AS stock,
    CAST(CONV(SUBSTR(MD5(CONCAT('aisle ', id)), 1, 8), 16, 10) AS UNSIGNED) % 26 AS aisle,
    CAST(CONV(SUBSTR(MD5(CONCAT('shelf ', id)), 1, 8), 16, 10) AS UNSIGNED) % 40 AS shelf,
    CAST(CONV(SUBSTR(MD5(CONCAT('level ', id)), 1, 8), 16, 10) AS UNSIGNED) % 30 AS level,
    CAST(CONV(SUBSTR(MD5(CONCAT('moved ', id)), 1, 8), 16, 10) AS UNSIGNED) AS moved,
    CAST(CONV(SUBSTR(MD5(CONCAT('counted ', id)), 1, 8), 16, 10) AS UNSIGNED) % 365 AS counted,
    CAST(CONV(SUBSTR(MD5(CONCAT('discontinued ', id)), 1, 8), 16, 10) AS UNSIGNED) % 20 = 0 AS discontinued
  FROM numbers)
SELECT id,
  CONCAT(CHAR(65 + aisle), '-', LPAD(shelf, 2, '0')),
  CASE WHEN discontinued THEN 'discontinued' WHEN stock = 0 THEN 'sold out' WHEN stock < 5 + level THEN 'low' ELSE 'available' END,
  stock,
  stock DIV 10,
  5 + level,
  18446744073700000000 + moved % 9000000,
  IF(counted < 30, NULL, DATE '2025-01-01' + INTERVAL counted DAY),
  TIMESTAMP '2025-06-01 04:00:00' + INTERVAL moved % 1000000 MICROSECOND
FROM rolls;

INSERT INTO prices (product_id, currency, amount, discount, valid_from, terms)
SELECT product_id, currency,
  ROUND((3 + CAST(CONV(SUBSTR(MD5(CONCAT('price ', product_id)), 1, 8), 16, 10) AS UNSIGNED) % 900 + 0.95) * rate, 2),
  IF(product_id % 7 = 0, 0.1250, NULL),
  TIMESTAMP '2025-06-01 00:00:00' + INTERVAL product_id MINUTE,
  IF(product_id % 25 = 3, REPEAT(CONCAT('Terms of delivery for ', currency, ' as of this season. '), 150), NULL)
FROM inventory
CROSS JOIN (SELECT 'EUR' AS currency, 1.00 AS rate UNION ALL SELECT 'USD', 1.08 UNION ALL SELECT 'GBP', 0.85) AS currencies;

COMMIT;
