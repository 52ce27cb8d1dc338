"""Whose rows PostgreSQL shows and takes: the wall behind ``visible_to``.

The policies of portal/walls.py compare each row with the scope of the transaction; without one they show nothing and
take nothing. A connection has one scope at a time, and the backend in portal/postgresql tells PostgreSQL at the start
of each transaction and for that transaction only, so it is safe behind a pool that hands connections on in between.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True)
class Scope:
    """``kind`` is one of

    - ``district``: a person of the district, who reaches that district's rows;
    - ``support``: someone of Support;
    - ``admin``: a Django admin on a page of the admin; on every other page they are one of the others;
    - ``person``: someone of neither, or who may not sign in: they reach what is addressed to them;
    - ``public``: a page for everyone, which reads how a district's help is reached;
    - ``system``: the portal itself: tasks, and what is run at a terminal.
    """

    kind: str = ""
    district_id: int | None = None
    person_id: int | None = None
    # What the portal is doing, for people who read a traceback.
    name: str = ""

    @property
    def settings(self):
        """As PostgreSQL stores them: portal.scope, portal.district and portal.person."""
        return [self.kind, str(self.district_id or ""), str(self.person_id or "")]


LARGEST_KEY = 2**63 - 1
NONE = Scope()
PUBLIC = Scope("public")


@contextmanager
def using(scope):
    """Everything inside reaches the rows of that scope. Leaving restores the one before."""
    before = connection.scope
    connection.enter(scope)
    try:
        yield scope
    finally:
        connection.enter(before)


def keep(scope, rows):
    """The rows, which are read in the scope and in a transaction of their own, whenever that is."""
    with using(scope), transaction.atomic():
        yield from rows


def of_district(district):
    """The rows of one district alone, whoever is at work."""
    return using(Scope("district", district.pk))


def system(name):
    """For tasks and commands, by what they do: ``with scope.system("flag inactive contacts"):``."""
    return using(Scope("system", name=name))


def enter(scope):
    """As ``using``, until the request ends: a person who signs in is known only in the middle of it."""
    connection.enter(scope)


def of_person(*, key=None, email=None, in_admin=False):
    """The scope of the person with that key or address, or NONE. ``in_admin`` is whether they open the admin.

    The one question that may be asked before any scope: the function in PostgreSQL tells no more than this.
    """
    if key and key > LARGEST_KEY:
        return NONE
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, district_id, person_id, is_admin FROM scope_of_person(%s, %s)", [key, email])
        found = cursor.fetchone()
    if found is None:
        return NONE
    kind, district_id, person_id, is_admin = found
    return Scope("admin" if in_admin and is_admin else kind, district_id, person_id)
