"""What the portal does by the clock: case by case, so that one that fails holds up no other."""

import logging

from contacts import ActionRefused

logger = logging.getLogger(__name__)


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
