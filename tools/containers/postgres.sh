#!/bin/sh
# What compose files rely on of the official image's entrypoint: its variables, its users, a new database on first start.
set -eu

[ "${1:-}" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -g postgres -m 0700 "${PGDATA}"
  install -d -o postgres -g postgres -m 3777 /var/run/postgresql
  chown -R postgres "${PGDATA}"
  exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi

: "${POSTGRES_USER:=postgres}" "${POSTGRES_DB:=${POSTGRES_USER}}" "${POSTGRES_HOST_AUTH_METHOD:=scram-sha-256}"
if [ ! -s "${PGDATA}/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "${POSTGRES_HOST_AUTH_METHOD}" != trust ]; then
    echo "Error: POSTGRES_PASSWORD is not set, and a new database needs it" >&2
    exit 1
  fi
  password="$(mktemp)"
  printf '%s\n' "${POSTGRES_PASSWORD:-}" >"${password}"
  # shellcheck disable=SC2086  # a list of words
  initdb --pgdata "${PGDATA}" --username "${POSTGRES_USER}" ${POSTGRES_PASSWORD:+--pwfile "${password}"} \
    ${POSTGRES_INITDB_ARGS:-}
  rm "${password}"
  echo "listen_addresses = '*'" >>"${PGDATA}/postgresql.conf"
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD}" >>"${PGDATA}/pg_hba.conf"
  # Without TCP: who asks there finds a server that is ready, or none.
  pg_ctl --pgdata "${PGDATA}" --options "-c listen_addresses=" --wait start
  [ "${POSTGRES_DB}" = postgres ] ||
    PGPASSWORD="${POSTGRES_PASSWORD:-}" createdb --username "${POSTGRES_USER}" --maintenance-db postgres "${POSTGRES_DB}"
  for file in /docker-entrypoint-initdb.d/*.sql; do
    [ ! -e "${file}" ] ||
      PGPASSWORD="${POSTGRES_PASSWORD:-}" psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 \
        --username "${POSTGRES_USER}" --dbname "${POSTGRES_DB}" --file "${file}"
  done
  pg_ctl --pgdata "${PGDATA}" --mode fast --wait stop
fi
exec "$@"
