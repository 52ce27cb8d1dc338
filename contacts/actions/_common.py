"""What every action shares: one transaction, one refusal and one order of locks.

Locks are taken in one order, so that no two actions wait for each other: people by key, districts, current designations
by key, then the rows that the action changes, and last the chain of the audit, where one event is written.
"""

import logging
from contextvars import ContextVar
from functools import reduce, wraps
from inspect import signature
from operator import or_

from django.apps import apps
from django.db import Error, IntegrityError, OperationalError, transaction
from django.db.models import Model, Q
from django.utils import timezone
from psycopg import errors

from contacts import ActionRefused, DuplicateSubmission, audit
from contacts.models import CONTACT_MANAGERS, Designation, District, User

BUSY = "Someone else is changing this right now. Nothing was saved; try again in a moment."
SAVED_ELSEWHERE = "Someone else just saved the same thing. Reload the page to see how things stand."


logger = logging.getLogger(__name__)
_is_running = ContextVar("an action is running", default=False)


def action(function):
    """All or nothing, in one transaction. What the database refuses is refused in the words of its constraint.

    A refused action leaves one event in the audit; one that another action called leaves it to that one.
    """

    @wraps(function)
    def run(*args, **kwargs):
        if _is_running.get():
            return _all_or_nothing(function, *args, **kwargs)
        token = _is_running.set(True)
        try:
            return _all_or_nothing(function, *args, **kwargs)
        except ActionRefused as refusal:
            refusal.attempt = (function, args, kwargs)
            note_refusal(refusal)
            raise
        finally:
            _is_running.reset(token)

    return run


def _all_or_nothing(function, *args, **kwargs):
    try:
        with transaction.atomic():
            return function(*args, **kwargs)
    except IntegrityError as error:
        raise ActionRefused(_explanation(error)) from error
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            raise ActionRefused(BUSY) from error
        raise


def note_refusal(refusal):
    """Audit what a person could not do to something of a district, in the caller's transaction.

    The action does this itself. Who catches its refusal outside a transaction of their own, which took the event back
    with everything else, does it again.
    """
    # A question to the person is not yet a refusal.
    if not refusal.attempt or isinstance(refusal, DuplicateSubmission):
        return
    function, args, kwargs = refusal.attempt
    if not kwargs.get("by"):
        return
    try:
        with transaction.atomic():
            if on := _acted_on(signature(function).bind(*args, **kwargs).arguments):
                verb = function.__name__.replace("_", " ")
                audit.record("action.refused", by=kwargs["by"], on=on, verb=verb, sentence=str(refusal))
    except Error:
        # The person learns why in any case.
        logger.exception("The refusal of %s could not be audited.", function.__name__)


def _acted_on(arguments):
    """What the action is about, as it is stored: the first of its arguments that belongs to a district, or is one."""
    rows = [value for name, value in arguments.items() if name != "by" and isinstance(value, Model)]
    rows.append(arguments.get("fields", {}).get("district"))
    row = next((row for row in rows if isinstance(row, District) or hasattr(row, "district_id")), None)
    return row and type(row)._base_manager.filter(pk=row.pk).first()


def _explanation(error):
    """The sentence of the violated constraint; an error that is none of ours is raised again."""
    name = error.__cause__.diag.constraint_name
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return str(constraint.violation_error_message)
    if isinstance(error.__cause__, errors.UniqueViolation):
        return SAVED_ELSEWHERE
    raise error


def lock_users(*people):
    """The people as stored, in the order given, locked until the action is over; rows that refer to them do not wait.

    Without joins: after waiting for a lock, PostgreSQL re-reads the locked row but not the rows joined to it.
    """
    locked = User.objects.select_for_update(no_key=True).order_by("pk").filter(pk__in={person.pk for person in people})
    stored = {person.pk: person for person in locked}
    return [stored[person.pk] for person in people]


def lock_user(person):
    return lock_users(person)[0]


def lock_district(key):
    """Without the district's key, so that rows of the district that are added meanwhile do not wait."""
    return District.objects.select_for_update(no_key=True).get(pk=key)


def lock_designations(*held):
    """For each (person, roles): whether the person can sign in and holds one of the roles, until the action is over."""
    people = lock_users(*(person for person, _ in held))
    wanted = reduce(or_, (Q(user=person, role__in=roles) for person, (_, roles) in zip(people, held, strict=True)))
    current = Designation.objects.in_force(timezone.now()).filter(wanted).order_by("pk")
    found = {(each.user_id, each.role, each.district_id) for each in current.select_for_update(of=("self",))}
    return [
        person.can_sign_in and any((person.pk, role, person.district_id) in found for role in roles)
        for person, (_, roles) in zip(people, held, strict=True)
    ]


def lock_designation(person, roles):
    return lock_designations((person, roles))[0]


def lock_actor(by, roles, *others):
    """Hold on to what lets the person act until the action is over. Raises ActionRefused where it just ended.

    ``others`` are further (person, roles), locked along in the same order: for each, whether the person holds a role.
    """
    may_act, *found = lock_designations((by, roles), *others)
    if not may_act:
        raise ActionRefused("Your role has ended, so you can no longer do this. Nothing was changed.")
    return found


def lock_manager(by, *people):
    """As ``lock_actor``, for those who choose contacts; returns the further people, locked in the same order.

    A Django admin needs no designation, and ``by=None`` is the portal itself.
    """
    locked = lock_users(*filter(None, (by, *people)))
    if by and not (locked[0].is_staff and locked[0].can_sign_in):
        lock_actor(by, CONTACT_MANAGERS)
    return locked[1:] if by else locked
