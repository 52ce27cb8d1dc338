from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from contacts.forms.search import SearchForm
from contacts.models import Gap


class CoverageForm(SearchForm):
    """Which districts, and the day on which they are looked at: today, unless one is given."""

    gap = forms.ChoiceField(label="What is missing", required=False, choices=[("", "Anything"), *Gap.choices])
    on = forms.DateField(label="As it was at the end of", required=False, widget=forms.DateInput)

    def __init__(self, data, *, district=None):
        super().__init__(data, label="Name of the district")
        if district:
            del self.fields["q"], self.fields["gap"]

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on and on >= timezone.localdate():
            raise forms.ValidationError("Enter a day before today.")
        return on

    @property
    def is_refused(self):
        return bool(self.errors)

    @property
    def day(self):
        return None if self.is_refused else self.cleaned_data["on"]

    @property
    def moment(self):
        """The end of the day by the reader's clock; None for now."""
        return self.day and datetime.combine(self.day + timedelta(days=1), time.min, timezone.get_current_timezone())

    @property
    def gap_chosen(self):
        return None if self.is_refused or not self.cleaned_data["gap"] else Gap(self.cleaned_data["gap"])

    @property
    def chosen(self):
        return self.is_refused or any(self.cleaned_data.get(name) for name in ("q", "gap", "on"))
