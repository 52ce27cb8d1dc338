"""What the portal does by the clock, row by row, so that one that fails holds up no other."""

import logging

from contacts import ActionRefused

logger = logging.getLogger(__name__)


def sweep(rows, act):
    """On how many of the rows ``act`` did something; it says so itself, in a transaction of its own for each."""
    return sum(_try(row, act) for row in rows)


def lock_if_free(rows, row):
    """The row, locked, if it is one of ``rows`` still; None where somebody else is changing it right now."""
    return rows.select_for_update(of=("self",), skip_locked=True).filter(pk=row.pk).first()


def _try(row, act):
    """What fails is tried again by the next sweep."""
    try:
        return act(row)
    except ActionRefused as refusal:
        logger.warning("%s could not be followed up: %s", row, refusal)
    except Exception:
        logger.exception("%s could not be followed up.", row)
    return False
