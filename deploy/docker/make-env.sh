#!/bin/sh
# Writes .env with new random secrets for `docker compose up`. Refuses to replace one: a database keeps its passwords.
set -eu
cd "$(dirname "$0")/../.."
[ ! -e .env ] || { echo ".env exists already; docker compose up uses it" >&2; exit 1; }
umask 077
secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
while IFS= read -r line; do
  case "$line" in
    *=) echo "$line$(secret)" ;;
    *) echo "$line" ;;
  esac
done < deploy/docker/env.example > .env
echo ".env is written; keep it secret and keep it"
