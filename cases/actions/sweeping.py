"""What the portal does by the clock to a case, once however often it looks."""

from uuid import NAMESPACE_OID, uuid5


def once(case, what):
    """The idempotency key of a thing that the portal does to a case once, the same for every sweep."""
    return uuid5(NAMESPACE_OID, f"{case.number} {what}")
