"""The roles of the embedded PostgreSQL: who owns the tables, and who the portal works as (see portal/walls.py)."""

OWNER, WEB = "portal_owner", "portal_web"

# What an earlier version's only role made in the database.
HAND_OVER = f"""
DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('ALTER TABLE public.%I OWNER TO {OWNER}', relname)
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_get_userbyid(relowner) <> '{OWNER}'
        UNION ALL
        SELECT format('ALTER FUNCTION %s OWNER TO {OWNER}', oid::regprocedure)
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) <> '{OWNER}'
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$
"""  # noqa: S608 - no input of anyone's


def prepare(sockets):
    """Make the roles and the database where they are missing, and give the owner what an earlier version made."""
    import psycopg

    superuser = {"host": str(sockets), "user": "postgres", "autocommit": True}
    with psycopg.connect(dbname="postgres", **superuser) as connection:
        for role in (OWNER, WEB):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(f"CREATE ROLE {role} LOGIN")
        found = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'portal'"
        ).fetchone()
        if not found:
            connection.execute(f"CREATE DATABASE portal OWNER {OWNER}")
        elif found[0] != OWNER:
            with psycopg.connect(dbname="portal", **superuser) as earlier:
                earlier.execute(HAND_OVER)
            # Last, so that a hand-over that was cut short is taken up again.
            connection.execute(f"ALTER DATABASE portal OWNER TO {OWNER}")
