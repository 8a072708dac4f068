#!/bin/bash
# A database and a login role for each service, once, when the volume is new. No role can open another's database.
set -euo pipefail

psql=(psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --quiet)

for service in identity deposit valuation wallet payout adoption; do
  password_name="${service^^}_DATABASE_PASSWORD"
  "${psql[@]}" -v service="$service" -v password="${!password_name:?}" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE CONNECT ON DATABASE :"service" FROM PUBLIC;
SQL
done

"${psql[@]}" -c 'REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC'
"${psql[@]}" -f /etc/timbang/reader.sql
"${psql[@]}" -v password="${REPORTING_PASSWORD:?}" <<'SQL'
ALTER ROLE grafana_reader PASSWORD :'password';
SQL
