from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from contacts.models import TrainingModule
from contacts.models.training import EARLIEST


class CompletionForm(forms.Form):
    """Which training of their roles the person completed, and on which day: today, by their own calendar, unless it
    says otherwise.
    """

    module = forms.ModelChoiceField(
        TrainingModule.objects.none(),
        label="Training",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the training."},
    )
    completed_on = forms.DateField(
        label="Completed on",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Enter the day of completion.", "invalid": "Enter a day, such as 2026-11-22."},
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate(timezone=person.zone)
        self.fields["module"].queryset = TrainingModule.objects.for_roles(person.roles)
        self.fields["completed_on"].initial = self.today
        self.fields["completed_on"].widget.attrs |= {"min": EARLIEST.isoformat(), "max": self.today.isoformat()}

    @property
    def has_choices(self):
        return bool(self.fields["module"].queryset)

    def clean_completed_on(self):
        day = self.cleaned_data["completed_on"]
        if day > self.today:
            raise forms.ValidationError("Enter a day that is not in the future.")
        if day < EARLIEST:
            raise forms.ValidationError(f"Enter a day since {date_format(EARLIEST)}.")
        return day


class TrainedForm(forms.Form):
    """Whom the table shows, in the address."""

    EVERYONE, EXPECTED, ANYTHING = "", "expected", "anything"
    missing = forms.ChoiceField(
        label="Show",
        choices=[
            (EVERYONE, "Everyone"),
            (EXPECTED, "Missing an expected training"),
            (ANYTHING, "Missing any training"),
        ],
        required=False,
    )
    district = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def is_refused(self):
        return "missing" in self.errors

    @property
    def chosen(self):
        return "" if self.is_refused else self.cleaned_data["missing"]

    def narrow(self, people):
        """Those of ``reports.trainees`` who were asked for."""
        wanted = {self.EXPECTED: {"lacks_expected": True}, self.ANYTHING: {"lacks_anything": True}}
        return people.none() if self.is_refused else people.filter(**wanted.get(self.chosen, {}))
