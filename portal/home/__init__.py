"""What the home page shows a person: figures that lead to their lists, a picture, and what needs them now."""

from portal.home.figures import figures
from portal.home.kinds import kinds, without_rows
from portal.home.needs import SHOWN, pressing
from portal.home.pictures import picture, shares
from portal.home.ways import first_action, ways

__all__ = [
    "SHOWN",
    "figures",
    "first_action",
    "kinds",
    "picture",
    "pressing",
    "shares",
    "ways",
    "without_rows",
]
