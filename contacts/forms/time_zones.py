from functools import cache
from zoneinfo import available_timezones

from django import forms

UNITED_STATES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Puerto Rico and the Virgin Islands",
    "Pacific/Guam": "Guam and the Northern Mariana Islands",
    "Pacific/Pago_Pago": "American Samoa",
}
CONTINENTS_AND_OCEANS = (
    "Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/",
)  # fmt: skip


class TimeZoneField(forms.ChoiceField):
    """The zones of the United States first, then every other place. ``empty`` labels the empty choice, if any."""

    def __init__(self, *, empty="", **kwargs):
        # As a function: every form copies the choices of its fields, and these are 500.
        super().__init__(choices=lambda: [("", empty), *_zones()] if empty else _zones(), **kwargs)

    def offer(self, name):
        """Keep the stored zone among the choices, even if no place has that name anymore."""
        if name and not self.valid_value(name):
            self.choices = [*self.choices, (name, name)]


@cache
def _zones():
    places = {name for name in available_timezones() if name.startswith(CONTINENTS_AND_OCEANS)}
    return [
        ("United States", [(name, f"{label} ({_city(name)})") for name, label in UNITED_STATES.items()]),
        ("Elsewhere", [(name, name.replace("_", " ")) for name in sorted(places - UNITED_STATES.keys())]),
    ]


def _city(name):
    return name.rpartition("/")[2].replace("_", " ")
