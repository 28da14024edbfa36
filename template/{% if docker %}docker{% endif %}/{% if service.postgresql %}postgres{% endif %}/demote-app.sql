-- For a volume that is older than app.sql, where the app's role is the superuser:
-- the superuser is called postgres from now on, has no password and so logs in from
-- inside the container only; a new role app has the password, the database and all
-- that is in it. Either all of it is done or nothing.
-- docker/TROUBLESHOOTING.md says how to run it; a second time it changes nothing.
\set ON_ERROR_STOP on
SELECT rolsuper AS superuser FROM pg_catalog.pg_roles WHERE rolname = 'app'
\gset
\if :superuser
\else
\echo 'The role app is no superuser: nothing was changed.'
\quit
\endif

-- Nobody can rename himself: a second superuser does it, and is gone afterwards.
SELECT 'CREATE ROLE demote_app SUPERUSER LOGIN'
WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_roles WHERE rolname = 'demote_app'
)
\gexec
\connect - demote_app
BEGIN;
SELECT rolpassword AS hash FROM pg_catalog.pg_authid WHERE rolname = 'app'
\gset
ALTER ROLE app RENAME TO postgres;
ALTER ROLE postgres PASSWORD NULL;
CREATE ROLE app LOGIN;
\if :{?hash}
ALTER ROLE app PASSWORD :'hash';
\endif
ALTER ROLE app SET log_min_messages = log;
ALTER DATABASE :"DBNAME" OWNER TO app;

-- Everything that is not the server's own or an extension's. What follows its owner
-- by itself is left out: sequences of columns, types of rows, of arrays and of
-- multiranges.
WITH objects (class, object) AS (
  SELECT 'pg_class'::regclass, oid FROM pg_catalog.pg_class
  WHERE relowner = 'postgres'::regrole AND relkind IN ('f', 'm', 'p', 'r', 'v')
  UNION ALL
  SELECT 'pg_class'::regclass, oid FROM pg_catalog.pg_class
  WHERE relowner = 'postgres'::regrole AND relkind = 'S' AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend
    WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
      AND deptype IN ('a', 'i')
  )
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid FROM pg_catalog.pg_type AS t
  LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
  WHERE typowner = 'postgres'::regrole AND typtype IN ('b', 'c', 'd', 'e', 'r')
    AND coalesce(c.relkind, 'c') = 'c'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type WHERE typarray = t.oid)
  UNION ALL
  SELECT 'pg_proc'::regclass, oid FROM pg_catalog.pg_proc
  WHERE proowner = 'postgres'::regrole AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend
    WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid
      AND deptype = 'i'
  )
  UNION ALL
  SELECT 'pg_namespace'::regclass, oid FROM pg_catalog.pg_namespace
  WHERE nspowner = 'postgres'::regrole
  UNION ALL
  SELECT 'pg_collation'::regclass, oid FROM pg_catalog.pg_collation
  WHERE collowner = 'postgres'::regrole
  UNION ALL
  SELECT 'pg_operator'::regclass, oid FROM pg_catalog.pg_operator
  WHERE oprowner = 'postgres'::regrole
  UNION ALL
  SELECT 'pg_statistic_ext'::regclass, oid FROM pg_catalog.pg_statistic_ext
  WHERE stxowner = 'postgres'::regrole
  UNION ALL
  SELECT 'pg_ts_config'::regclass, oid FROM pg_catalog.pg_ts_config
  WHERE cfgowner = 'postgres'::regrole
  UNION ALL
  SELECT 'pg_ts_dict'::regclass, oid FROM pg_catalog.pg_ts_dict
  WHERE dictowner = 'postgres'::regrole
  UNION ALL
  SELECT 'pg_largeobject'::regclass, oid FROM pg_catalog.pg_largeobject_metadata
  WHERE lomowner = 'postgres'::regrole
)
SELECT format(
  'ALTER %s %s OWNER TO app', replace(type, 'statistics object', 'statistics'),
  known.what
)
FROM objects,
  pg_catalog.pg_identify_object(class, object, 0) AS known (type, place, name, what)
WHERE object >= 16384 AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend
  WHERE classid = class AND objid = object AND deptype = 'e'
)
\gexec
COMMIT;
\connect - postgres
DROP ROLE demote_app;
\echo 'The role app owns its database and is no superuser any more.'
