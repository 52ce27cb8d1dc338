from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from cases.reports import AROUND, PERIODS, Period, last_days

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def day_field(label):
    wanted = "Enter a day of this century."
    limits = [MinValueValidator(FIRST_DAY, wanted), MaxValueValidator(LAST_DAY, wanted)]
    return forms.DateField(label=label, required=False, validators=limits, widget=forms.DateInput({"type": "date"}))


class PeriodForm(forms.Form):
    """The period of a report, in the reader's calendar. It lives in the address; without one it is the usual one."""

    first = day_field("From")
    last = day_field("To")
    on = day_field("In the period of")
    trained_on = day_field("Day of the training")

    def clean(self):
        if not self.is_range or not self.errors.keys().isdisjoint({"first", "last"}):
            return
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        for name, day in (("first", first), ("last", last)):
            if not day:
                self.add_error(name, "Enter the first and the last day.")
        if first and last and last < first:
            self.add_error("last", "The last day is the first day or one after it.")

    @property
    def is_range(self):
        return self.data.get("period") == "range"

    @property
    def is_refused(self):
        return bool(self.errors)

    @property
    def period(self):
        """The usual one where the dates are refused."""
        zone, today = timezone.get_current_timezone(), timezone.localdate()
        kind = self.data.get("period")
        if self.is_refused:
            return last_days(PERIODS[0], today, zone)
        if self.is_range:
            return Period("range", self.cleaned_data["first"], self.cleaned_data["last"], zone)
        if kind in AROUND:
            return AROUND[kind](self.cleaned_data["on"] or today, zone)
        days = next((days for days in PERIODS if str(days) == self.data.get("days")), PERIODS[0])
        return last_days(days, today, zone)

    @property
    def day_of_training(self):
        return None if self.is_refused else self.cleaned_data["trained_on"]
