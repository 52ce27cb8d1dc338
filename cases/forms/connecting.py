from django import forms

from cases.forms.submitting import needed, one_line
from cases.forms.verbs import VerbForm
from cases.models import Case
from cases.models.search import CASE_NUMBER


class OtherCaseForm(VerbForm):
    """Names another case of the same district by its number."""

    other = one_line(label="Number of the other case", error_messages=needed("Enter the number of the other case."))

    def clean_other(self):
        number = CASE_NUMBER.fullmatch(self.cleaned_data["other"])
        others = Case.objects.filter(district_id=self.case.district_id).exclude(pk=self.case.pk)
        if found := number and others.filter(pk=number[1]).first():
            return found
        raise forms.ValidationError("There is no other case of this district with this number.")


class MergeForm(OtherCaseForm):
    heading, button = "Merge into another case", "Merge"
    lead = "This case closes and points to the other one, where the conversation goes on. You can undo it."


class UnmergeForm(VerbForm):
    heading, button = "Undo the merge", "Undo the merge"
    lead = "This case opens again and goes on by itself."


class RelateForm(OtherCaseForm):
    heading, button = "Link a related case", "Link"
    lead = "Both pages show the link."


class UnrelateForm(VerbForm):
    heading, button = "Remove a link", "Remove the link"
    other = forms.ModelChoiceField(
        Case.objects.none(),
        label="Related case",
        empty_label="Choose a case",
        error_messages=needed("Choose the related case."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = Case.objects.filter(
            pk__in=self.case.linked_numbers, district_id=self.case.district_id
        )


class SplitForm(VerbForm):
    heading, button = "Split a reply into a new case", "Make a new case"
    lead = "The reply becomes the description of a new case of its author. It stays in this timeline, too."
    entry = forms.ModelChoiceField(
        None, label="Reply", empty_label="Choose a reply", error_messages=needed("Choose the reply.")
    )
    subject = one_line(label="Subject of the new case", error_messages=needed("Enter a subject."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = self.case.timeline.replies_of_district().select_related("by")

    def opened_with(self, entries):
        replies = [(entry.pk, self.label_of(entry)) for entry in entries if entry.is_reply_of_district]
        self.fields["entry"].choices = [("", "Choose a reply"), *replies]

    @staticmethod
    def label_of(entry):
        return f"{entry.by}: {entry.text[:60]}"
