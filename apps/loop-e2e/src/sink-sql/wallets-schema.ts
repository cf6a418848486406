/** The tables of the wallets, as each kind of database is told to make them. */

export const POSTGRES_WALLETS = `
  CREATE TABLE wallets (
    id bigint PRIMARY KEY,
    owner text NOT NULL,
    city text NOT NULL,
    cents bigint NOT NULL,
    euros numeric GENERATED ALWAYS AS (cents / 100.0) STORED,
    initial text GENERATED ALWAYS AS (upper(left(owner, 1))) STORED,
    rev int NOT NULL DEFAULT 0,
    stamp text
  );
  CREATE TABLE moves (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wallet bigint NOT NULL,
    city text NOT NULL CONSTRAINT somewhere CHECK (city <> 'Nowhere'),
    by_change text UNIQUE
  );
  CREATE TABLE totals (city text PRIMARY KEY, last_wallet bigint NOT NULL);

  CREATE FUNCTION stamp_before() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN NEW.stamp := 'before'; RETURN NEW; END $$;
  CREATE TRIGGER stamp_before BEFORE INSERT OR UPDATE ON wallets FOR EACH ROW EXECUTE FUNCTION stamp_before();

  -- RETURNING would not show what this one does
  CREATE FUNCTION stamp_after() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN UPDATE wallets SET stamp = 'after', cents = cents + 1 WHERE id = NEW.id; RETURN NULL; END $$;
  CREATE TRIGGER stamp_after AFTER UPDATE OF owner ON wallets FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION stamp_after();
`;

/** No trigger of MariaDB may write the table it is of: the one before each update does what two do in PostgreSQL. */
export const MARIADB_WALLETS = `
  CREATE TABLE wallets (
    id bigint PRIMARY KEY,
    owner varchar(100) NOT NULL,
    city varchar(100) NOT NULL,
    cents bigint NOT NULL,
    euros decimal(30, 6) GENERATED ALWAYS AS (cents / 100.0) STORED,
    initial varchar(1) GENERATED ALWAYS AS (upper(left(owner, 1))) STORED,
    rev int NOT NULL DEFAULT 0,
    stamp varchar(100)
  );
  CREATE TABLE moves (
    id bigint AUTO_INCREMENT PRIMARY KEY,
    wallet bigint NOT NULL,
    city varchar(100) NOT NULL,
    by_change varchar(100) UNIQUE,
    CONSTRAINT somewhere CHECK (city <> 'Nowhere')
  );
  CREATE TABLE totals (city varchar(100) PRIMARY KEY, last_wallet bigint NOT NULL);

  CREATE TRIGGER stamp_insert BEFORE INSERT ON wallets FOR EACH ROW SET NEW.stamp = 'before';
  CREATE TRIGGER stamp_update BEFORE UPDATE ON wallets FOR EACH ROW
    SET NEW.stamp = 'before', NEW.cents = NEW.cents + IF(NEW.owner <> OLD.owner, 1, 0);
`;
