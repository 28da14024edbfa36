-- The role of PostgreSQL's exporter: it reads what the server says of itself, and
-- none of the tables. A new database runs this by itself, an existing one when it
-- is told to (docker/TROUBLESHOOTING.md); a second time it only renews the password.
\getenv password POSTGRES_EXPORTER_PASSWORD
SELECT 'CREATE ROLE postgres_exporter LOGIN CONNECTION LIMIT 5'
WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_roles WHERE rolname = 'postgres_exporter'
)
\gexec
ALTER ROLE postgres_exporter PASSWORD :'password';
GRANT pg_monitor TO postgres_exporter;
