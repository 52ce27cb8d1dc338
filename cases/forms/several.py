"""What is done to several cases at once: which cases, and what it needs to know."""

from django import forms

from cases.forms.submitting import IdempotentForm, area_field, needed
from cases.forms.verbs import agent_field
from cases.models import Case, ProductArea
from cases.models.search import CASE_NUMBER
from contacts.models import User

MOST_AT_ONCE = 100
NONE = "Choose at least one case in the list."
TOO_MANY = f"Choose at most {MOST_AT_ONCE} cases at once."


class SeveralForm(IdempotentForm):
    """Says of ``cases`` what is done to each of them; ``done`` is the confirmation."""

    heading = lead = button = done = ""

    def __init__(self, *args, cases, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases, self.user = cases, user

    def cases_to_change(self):
        return self.cases


class AssignSeveralForm(SeveralForm):
    heading, button, done = "Assign", "Assign", "assigned"
    lead = "Each case goes to the agent, also those that somebody has. The districts are told."
    agent = agent_field(label="Support agent")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = User.objects.of_support()
        self.fields["agent"].initial = self.user


class MoveSeveralForm(SeveralForm):
    heading, button, done = "Move to a product area", "Move", "moved"
    lead = "Another area may mean another team. The timelines keep the old value."
    product_area = area_field(ProductArea.objects.filter(is_active=True))


class MergeSeveralForm(SeveralForm):
    """The case that goes on is one of those chosen, or any other of their district."""

    heading, button, done = "Close as duplicates", "Close as duplicates", "closed as duplicates"
    lead = "Each case closes and points to the one where the conversation goes on. Each merge can be undone."
    into = forms.ChoiceField(
        label="Which case goes on?", widget=forms.RadioSelect, error_messages=needed("Choose the case that goes on.")
    )
    other = forms.CharField(
        label="Number of the other case", required=False, max_length=30, help_text="Only if it is none of those above."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = [(case.pk, f"{case.number} {case.subject}") for case in self.cases if not case.is_closed]
        self.fields["into"].choices = [*chosen, ("other", "Another case")]
        self.fields["into"].initial = chosen[0][0] if len(chosen) > 1 else "other"

    def clean(self):
        if into := self.cleaned_data.get("into"):
            self.cleaned_data["other"] = self._other(self.cleaned_data.get("other", "") if into == "other" else into)
        return {name: value for name, value in self.cleaned_data.items() if name != "into"}

    def _other(self, number):
        found = CASE_NUMBER.fullmatch(number)
        if case := found and Case.objects.visible_to(self.user).filter(pk=found[1]).first():
            return case
        self.add_error("other", "Enter the number of the case that goes on.")
        return None

    def cases_to_change(self):
        return [case for case in self.cases if case != self.cleaned_data["other"]]
