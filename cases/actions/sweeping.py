"""What the portal does by the clock to a case, once however often it looks."""

from uuid import NAMESPACE_OID, uuid5


def lock_if_free(cases, case):
    """The case, locked, if it is one of ``cases`` still; None where somebody else is changing it right now."""
    free = cases.select_related("district").select_for_update(of=("self",), skip_locked=True)
    return free.filter(pk=case.pk).first()


def once(case, what):
    """The idempotency key of a thing that the portal does to a case once, the same for every sweep."""
    return uuid5(NAMESPACE_OID, f"{case.number} {what}")
