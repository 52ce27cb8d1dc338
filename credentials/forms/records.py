from django import forms


class DayForm(forms.Form):
    """The day on which one looks at the validity of records."""

    on = forms.DateField(
        required=False,
        label="Validity on",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Enter the date as month, day, and year, for example 11/22/2026."},
    )

    def day(self, today):
        """The chosen day, or today."""
        return (self.cleaned_data.get("on") if self.is_valid() else None) or today
