from django import forms

from credentials.models.records import DAY_LIMITS


class DayForm(forms.Form):
    """The day on which one looks at the validity of records."""

    on = forms.DateField(
        required=False,
        label="Validity on",
        validators=DAY_LIMITS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Enter the date as month, day, and year, for example 11/22/2026."},
    )

    def day(self, today):
        """The chosen day, or today."""
        return (self.cleaned_data.get("on") if self.is_valid() else None) or today
