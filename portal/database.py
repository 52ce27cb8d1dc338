"""Turns the URL of a PostgreSQL database into an entry of Django's DATABASES."""

from contextlib import suppress

from django.core.exceptions import ImproperlyConfigured
from environ import Env


def postgresql(url, variable="DATABASE_URL"):
    with suppress(ValueError):  # for example, a port that is not a number
        if url.partition("://")[0] in {"postgresql", "postgres"} and (database := Env.db_url_config(url))["NAME"]:
            options = database["OPTIONS"] = {"connect_timeout": 5} | database.get("OPTIONS", {})
            # django-environ leaves a socket directory in OPTIONS, where dbshell does not look.
            database["HOST"] = options.pop("host", database["HOST"])
            database["ENGINE"] = "portal.postgresql"
            return database
    # Without the value, which may hold a password.
    raise ImproperlyConfigured(
        f"{variable} is not the address of a PostgreSQL database, such as postgresql://user:password@host:5432/portal."
    )


def set_timeouts(database, **seconds):
    """Options in the URL itself win."""
    ours = [f"-c {name}={value}s" for name, value in seconds.items()]
    database["OPTIONS"]["options"] = " ".join([*ours, database["OPTIONS"].get("options", "")]).strip()
