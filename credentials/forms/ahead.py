from django import forms
from django.conf import settings
from django.utils.formats import date_format

from contacts.models import School
from credentials.models import CredentialType
from credentials.reports import coming_months


class ExpiryFilterForm(forms.Form):
    """Which of the records that expire one looks at; it lives in the address."""

    month = forms.ChoiceField(required=False)
    type = forms.ModelChoiceField(CredentialType.objects, required=False, label="Credential Type", empty_label="All")
    school = forms.ModelChoiceField(School.objects.none(), required=False, empty_label="All")
    subject = forms.CharField(required=False, max_length=100)

    def __init__(self, data, *, district, today):
        super().__init__(data)
        self.today = today
        self.months = {first.strftime("%Y-%m"): first for first in coming_months(today)}
        named = [(key, date_format(first, "F Y")) for key, first in self.months.items()]
        self.fields["month"].choices = [("", "Soon"), *named]
        self.fields["school"].queryset = district.schools.order_by("name")

    @property
    def is_refused(self):
        return bool(self.errors)

    @property
    def chosen(self):
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}

    def narrow(self, records):
        """All but the month, which the chart shows anyway; none where nobody can tell what was asked for."""
        if self.is_refused:
            return records.none()
        lookups = {"type": "type", "school": "holder__school"}
        records = records.filter(**{lookups[name]: value for name, value in self.chosen.items() if name in lookups})
        return records.filter(subjects__contains=[self.chosen["subject"]]) if "subject" in self.chosen else records

    def due(self, records):
        """Those of the month; without one, those that expire soon."""
        if first := self.months.get(self.chosen.get("month")):
            return records.filter(expires_on__year=first.year, expires_on__month=first.month)
        return records.filter(expires_on__lte=self.today + settings.CREDENTIAL_EXPIRES_SOON)
