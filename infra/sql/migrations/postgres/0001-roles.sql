-- The two roles Hybridge works as. What they may do with the tables of the definitions is granted by `ensureAccess`.
-- Roles belong to the whole cluster: they may be there already, or be made at this moment for another database.

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['hybridge_capture', 'hybridge_app'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT NOCREATEDB NOCREATEROLE', role_name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END
$$;

-- Managed PostgreSQL hands replication out as a role, as nobody there is a superuser.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_replication') THEN
    ALTER ROLE hybridge_capture INHERIT;
    GRANT rds_replication TO hybridge_capture;
  ELSIF NOT (SELECT rolreplication FROM pg_roles WHERE rolname = 'hybridge_capture') THEN
    ALTER ROLE hybridge_capture REPLICATION;
  END IF;
END
$$;
