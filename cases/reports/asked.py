from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from cases.models import support_calendar
from cases.reports import events, training
from cases.reports.hours import hours_of
from cases.reports.periods import Period
from contacts.models import District


@dataclass
class Asked:
    """What a report is about: a district, or None for all of them; a period; and a training, if one is looked at."""

    district: District | None
    period: Period
    at: datetime
    trained_on: date | None = None

    @property
    def of(self):
        """To filter by."""
        return {"district": self.district} if self.district else {}

    @property
    def today(self):
        return self.at.astimezone(self.period.zone).date()

    @cached_property
    def calendar(self):
        return support_calendar()

    @cached_property
    def hours(self):
        start, end = events.earliest(self), min(self.period.end, self.at)
        return hours_of(self.calendar, start or end, end)

    @property
    def days_around(self):
        """How many days before and after the training are compared."""
        return training.days_around(self.trained_on, self.today) if self.trained_on else 0
