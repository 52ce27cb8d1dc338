-- Who owns the portal's tables, and who the portal works as (see portal/walls.py). For psql, as a superuser, as often as
-- one likes: what is missing is made, and the owner is given what an earlier version's only role made.
\set ON_ERROR_STOP on
\getenv owner_password PORTAL_OWNER_PASSWORD
\getenv web_password PORTAL_WEB_PASSWORD

SELECT format('CREATE ROLE %I LOGIN', role) FROM unnest(ARRAY['portal_owner', 'portal_web']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec
\if :{?owner_password}
ALTER ROLE portal_owner PASSWORD :'owner_password';
\endif
\if :{?web_password}
ALTER ROLE portal_web PASSWORD :'web_password';
\endif

SELECT 'CREATE DATABASE portal OWNER portal_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal')
\gexec
\connect portal
ALTER DATABASE portal OWNER TO portal_owner;
SELECT format('ALTER TABLE public.%I OWNER TO portal_owner', relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_get_userbyid(relowner) <> 'portal_owner'
UNION ALL
SELECT format('ALTER FUNCTION %s OWNER TO portal_owner', oid::regprocedure) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) <> 'portal_owner'
\gexec
