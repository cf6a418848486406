-- SQL's answer to every customer change, written in the transaction that applies it. The connector captures this table
-- with the others; its Kafka key is (pk, sk). MariaDB and MySQL end a transaction at every CREATE, so a file must be able
-- to run again after it broke off.

CREATE TABLE IF NOT EXISTS `hybridge_inbox` (
  `change_id` varchar(255) NOT NULL PRIMARY KEY,
  `view` varchar(255) NOT NULL,
  -- as long as DynamoDB allows
  `pk` varchar(2048) NOT NULL,
  `sk` varchar(1024) NOT NULL,
  -- A applied, R rejected
  `outcome` char(1) NOT NULL CHECK (`outcome` IN ('A', 'R')),
  `code` varchar(255),
  `message` text,
  -- {"e":1,"row":{…}} the row as it is now, {"e":0} deleted by this change, NULL nothing proven. Text and not JSON: MySQL's
  -- JSON would round numbers.
  `image` longtext,
  -- counts up when an answer is announced again
  `signal` int NOT NULL DEFAULT 1,
  `policy` varchar(255),
  `base` longtext,
  `wanted` longtext,
  -- no change of time zone or of the row moves it
  `at` timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  -- A change that was made while others of its item were unanswered is held against their answers.
  KEY `hybridge_inbox_item_idx` (`pk`(300), `sk`(300), `at`)
  -- the collation compares every byte, trailing spaces too: keys that differ only there are different items
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE {exact-collation};
