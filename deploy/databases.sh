#!/bin/bash
# Run once by the PostgreSQL image on an empty volume: a database and an account of its own for each half.
set -euo pipefail
psql --username=postgres --set=ON_ERROR_STOP=1 \
  --set=passport="$PASSPORT_DATABASE_PASSWORD" --set=portal="$PORTAL_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE passport LOGIN PASSWORD :'passport';
CREATE DATABASE passport OWNER passport;
CREATE ROLE customersource LOGIN PASSWORD :'portal';
CREATE DATABASE customersource OWNER customersource;
REVOKE CONNECT ON DATABASE passport, customersource FROM PUBLIC;
SQL
