from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, transaction

from portal import walls
from portal.processes import CannotRun

TABLES_OF_OTHERS = """
SELECT current_user::text, tableowner::text FROM pg_tables
WHERE schemaname = 'public' AND tablename = ANY (%s) AND NOT pg_has_role(tableowner, 'USAGE')
"""


class Command(migrate.Command):
    """Django's migrate, as the owner of the tables (DATABASE_OWNER_URL); then the table of the cache, and the walls."""

    help = migrate.Command.help

    def handle(self, *args, **options):
        with as_owner():
            refuse_tables_of_others()
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"] or options["app_label"]):
                call_command("createcachetable", verbosity=0)
                with transaction.atomic():
                    walls.put_in_force()


def refuse_tables_of_others():
    """Only who owns the tables can migrate; anybody else would fail somewhere in the middle, and in other words."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES_OF_OTHERS, [list(walls.TABLES)])
        for who, owner in cursor:
            raise CannotRun(
                f"{who} may not change the tables, which belong to {owner}. Let DATABASE_OWNER_URL name that role, "
                "or hand the tables over (see “The database's roles” in README.md)."
            )


@contextmanager
def as_owner():
    """Connect as the owner of the tables. Without DATABASE_OWNER_URL that is who connects anyway."""
    own = {name: settings.DATABASE_OWNER[name] for name in ("USER", "PASSWORD", "HOST", "PORT")}
    before = {name: connection.settings_dict[name] for name in own}
    connection.close()
    connection.settings_dict.update(own)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
