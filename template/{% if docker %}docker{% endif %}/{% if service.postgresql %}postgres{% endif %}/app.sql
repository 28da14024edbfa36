-- The role of the app: it owns its database and may do anything in it, and nothing
-- beside it. A new database runs this by itself, as the superuser postgres, who has
-- no password afterwards: only the container's own shell is let in as postgres.
-- An older volume has this by demote-app.sql (docker/TROUBLESHOOTING.md).
ALTER ROLE CURRENT_USER PASSWORD NULL;
CREATE ROLE app LOGIN;
\getenv password POSTGRES_PASSWORD
\if :{?password}
ALTER ROLE app PASSWORD :'password';
\endif
-- What is rejected is an error of the app, which says so in its own log; the
-- server's would show the values that are in the message.
ALTER ROLE app SET log_min_messages = log;
ALTER DATABASE :"DBNAME" OWNER TO app;
