#!/bin/sh
# Runs once, on an empty data directory: the owner of the tables and the app's role, which owns nothing.
set -eu
psql -X -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" <<'SQL'
create role opsconsole_owner login password :'owner_password';
create role opsconsole_app login password :'app_password';
create database opsconsole owner opsconsole_owner template template0;
revoke all on database opsconsole from public;
grant connect, temporary on database opsconsole to opsconsole_app;
\connect opsconsole
revoke create on schema public from public;
SQL
