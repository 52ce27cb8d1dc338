"""What the portal does by the clock, row by row, so that one that fails holds up no other."""

import logging

from contacts import ActionRefused

logger = logging.getLogger(__name__)


def sweep(rows, act):
    """On how many of the rows ``act`` did something; it says so itself, in a transaction of its own for each."""
    return sum(_try(row, act) for row in rows)


def _try(row, act):
    """What fails is tried again by the next sweep."""
    try:
        return act(row)
    except ActionRefused as refusal:
        logger.warning("%s could not be followed up: %s", row, refusal)
    except Exception:
        logger.exception("%s could not be followed up.", row)
    return False
