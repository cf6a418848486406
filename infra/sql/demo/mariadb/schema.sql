-- The inherited stock-room database of the demo, in MariaDB: what is on the shelves, and what it costs where. Its products
-- have the numbers of the retail database's, which knows nothing of it. Hybridge adds nothing to it.

CREATE TABLE IF NOT EXISTS inventory (
  product_id int NOT NULL PRIMARY KEY,
  bin varchar(16) NOT NULL,
  status enum('available', 'low', 'sold out', 'discontinued') NOT NULL DEFAULT 'available',
  on_hand int unsigned NOT NULL DEFAULT 0,
  reserved int unsigned NOT NULL DEFAULT 0,
  reorder_level int unsigned NOT NULL DEFAULT 10,
  -- every unit that ever left the room, counted by another system: no double holds it
  units_moved bigint unsigned NOT NULL DEFAULT 0,
  last_counted date,
  updated_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  CONSTRAINT inventory_reserved_on_hand CHECK (reserved <= on_hand)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS prices (
  product_id int NOT NULL,
  currency char(3) NOT NULL,
  amount decimal(12, 2) NOT NULL,
  -- a share that is taken off while a campaign runs
  discount decimal(5, 4),
  valid_from datetime NOT NULL,
  terms longtext,
  PRIMARY KEY (product_id, currency),
  CONSTRAINT prices_amount_positive CHECK (amount >= 0),
  CONSTRAINT prices_discount_share CHECK (discount BETWEEN 0 AND 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- The nightly job: fills up what has run low, as one transaction.
CREATE OR REPLACE PROCEDURE restock(IN quantity int unsigned)
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
  START TRANSACTION;
  UPDATE inventory
    SET on_hand = on_hand + quantity, last_counted = CURRENT_DATE,
      status = IF(on_hand < reorder_level, 'low', 'available')
    WHERE on_hand < reorder_level AND status <> 'discontinued';
  COMMIT;
END;

-- The nightly job: all prices of a currency up or down by a percentage, as one transaction.
CREATE OR REPLACE PROCEDURE reprice(IN in_currency char(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, IN percentage decimal(6, 3))
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
  IF percentage <= -100 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a price cannot fall by 100 percent or more';
  END IF;
  START TRANSACTION;
  UPDATE prices SET amount = ROUND(amount * (1 + percentage / 100), 2) WHERE currency = in_currency;
  COMMIT;
END;
