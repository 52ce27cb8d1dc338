from django import forms
from django.conf import settings
from django.utils.formats import date_format

from credentials.forms.filters import DistrictFilterForm
from credentials.reports import coming_months


class ExpiryFilterForm(DistrictFilterForm):
    """Which of the records that expire one looks at."""

    month = forms.ChoiceField(required=False)
    subject = forms.CharField(required=False, max_length=100)
    field_order = ["month", "type", "school", "subject"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.today = user.district.today
        self.months = {first.strftime("%Y-%m"): first for first in coming_months(self.today)}
        named = [(key, date_format(first, "F Y")) for key, first in self.months.items()]
        self.fields["month"].choices = [("", "Soon"), *named]

    @property
    def is_refused(self):
        return bool(self.errors)

    def narrow(self, records):
        """All but the month, which the chart shows anyway; none where nobody can tell what was asked for."""
        if self.is_refused:
            return records.none()
        asked = self.chosen
        if "type" in asked:
            records = records.filter(type=asked["type"])
        if "school" in asked:
            records = records.filter(holder__school=asked["school"])
        return records.filter(subjects__contains=[asked["subject"]]) if "subject" in asked else records

    def due(self, records):
        """Those of the month; without one, those that expire soon."""
        if first := self.months.get(self.chosen.get("month")):
            return records.filter(expires_on__year=first.year, expires_on__month=first.month)
        return records.filter(expires_on__lte=self.today + settings.CREDENTIAL_EXPIRES_SOON)
