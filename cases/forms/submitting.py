from uuid import uuid4

from django import forms
from django.utils import timezone

from cases.models import Kind, ProductArea, Urgency
from contacts.models import AUTHORIZED_CONTACTS, District, Role, User

SENT_ALREADY = "This form was sent already; nothing was sent twice."

# Beyond this, a text belongs into a file; the search column would refuse much longer ones.
LONGEST_TEXT = 20_000

KINDS = [
    (Kind.QUESTION, "Question: how does something work, or how is it done?"),
    (Kind.ISSUE, "Issue: something does not do what its documentation says."),
    (Kind.REQUEST, "Request: Support should do something for the district."),
]
URGENCIES = [
    (Urgency.LOW, "Low: whenever there is time"),
    (Urgency.NORMAL, "Normal"),
    (Urgency.HIGH, "High: it keeps people from their work, and there is a way around it"),
    (Urgency.CRITICAL, "Critical: it stops daily work, and there is no way around it"),
]


def contacts_of(district):
    """To whom a case of the district can be handed over."""
    return User.objects.active().holding(*AUTHORIZED_CONTACTS, district=district)


def needed(sentence):
    return {"required": sentence}


def long_text(rows, **kwargs):
    return forms.CharField(widget=forms.Textarea({"rows": rows}), max_length=LONGEST_TEXT, **kwargs)


def kind_field():
    wanted = needed("Choose whether it is a question, an issue or a request.")
    return forms.ChoiceField(label="What is it?", choices=KINDS, widget=forms.RadioSelect, error_messages=wanted)


def area_field(areas):
    return forms.ModelChoiceField(
        areas, empty_label="Choose an area", error_messages=needed("Choose the product area.")
    )


class SentOnceForm(forms.Form):
    """Carries the mark by which the database knows a form that is sent twice."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def ask_again(self):
        """What came under a mark used before says something else: it is kept, under a mark of its own."""
        self.data = self.data.copy()
        self.data["submission"] = str(uuid4())
        self.add_error(None, "This form was sent already, with other words. To send these too, press the button again.")


class CaseForm(SentOnceForm):
    """A question, an issue or a request of a district."""

    kind = kind_field()
    product_area = area_field(ProductArea.objects.none())
    subject = forms.CharField(
        max_length=200,
        help_text="One line by which your colleagues recognise the case.",
        error_messages=needed("Write a subject."),
    )
    description = long_text(
        6,
        error_messages=needed("Describe what happened."),
        help_text="What was attempted, what happened, and what should have happened. Write no passwords, and no more"
        " about a student than Support needs.",
    )
    steps = long_text(
        5,
        required=False,
        label="Steps to replicate",
        help_text="Needed for an issue: the menu path and every action, one a line, so that Support sees the same. Say"
        " with which school, year and calendar, and whether it happens every time.",
    )
    urgency = forms.ChoiceField(
        choices=URGENCIES, initial=Urgency.NORMAL, error_messages=needed("Choose how urgent it is.")
    )
    due_on = forms.DateField(
        label="Due date",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Only when something depends on a date.",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        areas = ProductArea.objects.filter(is_active=True)
        if Role.TECHNICAL_CONTACT not in user.roles:
            areas = areas.filter(technical_only=False)
        self.fields["product_area"].queryset = areas
        self.fields["steps"].widget.attrs["data-conditional"] = True  # so that it is not called optional

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on and due_on < timezone.localdate():
            raise forms.ValidationError("Choose today or a later day.")
        return due_on

    def clean(self):
        if (
            self.cleaned_data.get("kind") == Kind.ISSUE
            and "steps" not in self.errors
            and not self.cleaned_data["steps"]
        ):
            self.add_error("steps", "Write the steps that replicate the issue, so that Support can see it too.")


class ExceptionForm(SentOnceForm):
    """An emergency of someone who is not an authorized contact."""

    district = forms.ModelChoiceField(
        District.objects.all(),
        empty_label="Choose the caller's district",
        error_messages=needed("Choose the caller's district."),
    )
    caller_name = forms.CharField(max_length=200, label="Who called?", error_messages=needed("Write who called."))
    caller_reach = forms.CharField(
        max_length=200,
        label="How to reach the caller",
        help_text="A phone number at best.",
        error_messages=needed("Write how to reach the caller."),
    )
    emergency = long_text(
        3,
        label="Why is it an emergency?",
        help_text="And why no authorized contact can be reached.",
        error_messages=needed("Write why it is an emergency."),
    )
    kind = kind_field()
    product_area = area_field(ProductArea.objects.filter(is_active=True))
    subject = forms.CharField(max_length=200, error_messages=needed("Write a subject."))
    description = long_text(6, error_messages=needed("Describe what happened."))
