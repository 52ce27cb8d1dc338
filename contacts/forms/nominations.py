from django import forms

from contacts.forms.contact_requests import reason_field
from contacts.models.districts import validate_this_century


class LastDayField(forms.DateField):
    """The last day on which somebody acts, today or later in their district."""

    def __init__(self, **kwargs):
        super().__init__(
            label="Last day as acting technical contact",
            widget=forms.DateInput({"type": "date"}),
            validators=[validate_this_century],
            **kwargs,
        )


class ActingEndForm(forms.Form):
    until = LastDayField(error_messages={"required": "Enter the last day."})

    def __init__(self, *args, district, **kwargs):
        super().__init__(*args, **kwargs)
        self.district = district

    def clean_until(self):
        return refuse_past(self.cleaned_data["until"], self.district)


class NominationForm(forms.Form):
    """For good, or with a last day."""

    acting_until = LastDayField(
        required=False,
        help_text="Only for someone who holds the seat for a while: it goes back by itself when this day is over. "
        "Leave it blank to make the change permanent.",
    )
    reason = reason_field(required=False, help_text="Everyone concerned may read it.")

    def __init__(self, *args, district, **kwargs):
        super().__init__(*args, **kwargs)
        self.district = district

    def clean_acting_until(self):
        return refuse_past(self.cleaned_data["acting_until"], self.district)


class DeclineForm(forms.Form):
    answer = reason_field(
        required=False,
        label="Only if you decline: why",
        help_text="The district's administrators read it.",
    )


def refuse_past(day, district):
    if day and day < district.today:
        raise forms.ValidationError("Choose today or a later day.")
    return day
