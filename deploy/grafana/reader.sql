-- Grafana's role in adoption's database: it may read the views of the schema `reporting` and nothing else.
-- Run it as the administrator, before adoption's first migration, which grants the views; it may be run again.
-- Give the role its password beside this: ALTER ROLE grafana_reader PASSWORD '...'
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_reader') THEN
        CREATE ROLE grafana_reader LOGIN;
    END IF;
END $$;
ALTER ROLE grafana_reader NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 20;
ALTER ROLE grafana_reader SET default_transaction_read_only = on;
ALTER ROLE grafana_reader SET statement_timeout = '5s';
ALTER ROLE grafana_reader SET lock_timeout = '1s';
ALTER ROLE grafana_reader SET idle_in_transaction_session_timeout = '10s';
-- Without this everybody who may connect could also make temporary tables, even in a read-only transaction.
REVOKE ALL ON DATABASE adoption FROM PUBLIC;
GRANT CONNECT ON DATABASE adoption TO grafana_reader;
