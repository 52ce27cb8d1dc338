from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, transaction

from portal import walls


class Command(migrate.Command):
    """Django's migrate, as the owner of the tables (DATABASE_OWNER_URL); then the table of the cache, and the walls."""

    help = migrate.Command.help

    def handle(self, *args, **options):
        with as_owner():
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"] or options["app_label"]):
                call_command("createcachetable", verbosity=0)
                with transaction.atomic():
                    walls.put_in_force()


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
