"""What the portal does by the clock: case by case, so that one that fails holds up no other."""

import logging
from uuid import NAMESPACE_OID, uuid5

from contacts import ActionRefused

logger = logging.getLogger(__name__)


def lock_if_free(cases, case):
    """The case, locked, if it is one of ``cases`` still; None where somebody else is changing it right now."""
    free = cases.select_related("district").select_for_update(of=("self",), skip_locked=True)
    return free.filter(pk=case.pk).first()


def once(case, what):
    """The idempotency key of a thing that the portal does to a case once, the same for every sweep."""
    return uuid5(NAMESPACE_OID, f"{case.number} {what}")


def sweep(cases, act):
    """On how many of the cases ``act`` did something; it says so itself, in a transaction of its own for each."""
    return sum(_try(case, act) for case in cases)


def _try(case, act):
    """What fails is tried again by the next sweep."""
    try:
        return act(case)
    except ActionRefused as refusal:
        logger.warning("%s could not be followed up: %s", case, refusal)
    except Exception:
        logger.exception("%s could not be followed up.", case)
    return False
