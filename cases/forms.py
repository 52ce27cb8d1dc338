from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils import timezone

from cases.models import Case, Kind, ProductArea, Status, Urgency
from cases.reports import MOVES, moves
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, District, Role, User

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


STATUS_FILTERS = [
    ("", "Any status"),
    ("open", "All open"),
    ("waiting", "Waiting for the district"),
    ("exception", "Exception, to be handed over"),
    *((status.value, status.label) for status in Status),
]


class CaseFilterForm(forms.Form):
    """What the list shows; it lives in the address."""

    q = forms.CharField(label="Words or number", required=False, max_length=200)
    status = forms.ChoiceField(required=False, choices=STATUS_FILTERS)
    kind = forms.ChoiceField(required=False, choices=[("", "Any kind"), *((kind.value, kind.label) for kind in Kind)])
    area = forms.ChoiceField(label="Product area", required=False)
    district = forms.ChoiceField(required=False)
    assignee = forms.ChoiceField(
        label="Support agent",
        required=False,
        choices=[("", "Any agent"), ("me", "I have it"), ("nobody", "Nobody yet")],
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        # Plain choices: the list that the page shows anyway also answers whether a value is one of them.
        self.fields["area"].choices = [("", "Any area"), *ProductArea.objects.values_list("pk", "name")]
        if user.is_support:
            self.fields["district"].choices = [("", "Any district"), *District.objects.values_list("pk", "name")]
        else:
            del self.fields["district"], self.fields["assignee"]

    def cases(self):
        """The rows that the person may see and asked for; a value that is none of the choices does not narrow."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        cases = self._in_status(Case.objects.visible_to(self.user), asked.get("status"))
        for name, field in {"kind": "kind", "area": "product_area", "district": "district"}.items():
            if name in asked:
                cases = cases.filter(**{field: asked[name]})
        if "assignee" in asked:
            cases = cases.filter(assignee=self.user if asked["assignee"] == "me" else None)
        if "q" in asked:
            cases = cases.matching(asked["q"], district_id=None if self.user.is_support else self.user.district_id)
        return cases

    @staticmethod
    def _in_status(cases, status):
        groups = {"open": cases.open, "waiting": cases.waiting_for_district, "exception": cases.awaiting_hand_over}
        if status in groups:
            return groups[status]()
        return cases.filter(status=status) if status else cases


class VerbForm(SentOnceForm):
    """A verb of the case's page: what opens it, what its button says, and what it asks for."""

    heading = ""
    button = ""
    lead = ""

    def __init__(self, *args, case, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.case, self.user = case, user


class ReplyForm(VerbForm):
    heading, button = "Reply", "Send the reply"
    text = long_text(5, label="Your reply", error_messages=needed("Write your reply."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.user.is_support and self.case.status in [Status.PENDING_INPUT, Status.PENDING_VERIFICATION]:
            self.fields["text"].help_text = "With your reply the case goes back to Support."


class TakeForm(VerbForm):
    heading, button = "Take the case", "Take the case"
    lead = "Nobody of Support has this case yet. Whoever replies takes it too."
    submission = None


class NoteForm(VerbForm):
    heading, button = "Internal note", "Save the internal note"
    lead = "For Support only. No person of the district ever sees it."
    text = long_text(4, label="Note within Support", error_messages=needed("Write the note."))


class AskForm(VerbForm):
    heading, button = "Ask the district for input", "Ask for input"
    lead = "The case becomes Pending Customer Input until a contact replies."
    text = long_text(4, label="What do you need to know?", error_messages=needed("Write what you need to know."))


class ResolveForm(VerbForm):
    heading, button = "Write a resolution", "Send the resolution"
    lead = "The case becomes Pending Customer Verification: the district checks it, then closes the case or replies."
    text = long_text(5, label="The resolution", error_messages=needed("Write the resolution."))


class MoveForm(VerbForm):
    heading, button = "Change the status", "Change the status"
    status = forms.ChoiceField(label="New status", error_messages=needed("Choose the new status."))
    text = long_text(
        3,
        label="What the district should know",
        help_text="The district's contacts read this.",
        error_messages=needed("Write what the district should know."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A form that comes back may name a status that was possible a minute ago; the verb refuses it in words.
        offered = MOVES if self.is_bound else moves(self.case)
        self.fields["status"].choices = [(status.value, status.label) for status in offered]


class AssignForm(VerbForm):
    heading, button = "Give the case to another agent", "Give the case"
    agent = forms.ModelChoiceField(
        User.objects.none(),
        label="Agent",
        empty_label="Choose an agent",
        error_messages=needed("Choose an agent."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = User.objects.active().holding(*SUPPORT_SIDE)


class HandOverForm(VerbForm):
    heading, button = "Hand over to an authorized contact", "Hand over"
    lead = "From then on the contact answers for the case, and it can be closed."
    contact = forms.ModelChoiceField(
        User.objects.none(),
        label="Authorized contact",
        empty_label="Choose a contact",
        error_messages=dict.fromkeys(
            ["required", "invalid_choice"], "Choose a current authorized contact of the district."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = contacts_of(self.case.district)


class CloseForm(VerbForm):
    heading, button = "Close the case", "Close the case"
    lead = f"It stays readable, and can be reopened for {settings.CASE_REOPEN_WITHIN.days} days."
    text = long_text(3, label="A last word", required=False)


class ReopenForm(VerbForm):
    heading, button = "Reopen the case", "Reopen the case"
    text = long_text(4, label="Why does it need more work?", error_messages=needed("Write why it needs more work."))


VERB_FORMS = {
    "reply": ReplyForm,
    "take": TakeForm,
    "note": NoteForm,
    "ask": AskForm,
    "resolve": ResolveForm,
    "move": MoveForm,
    "assign": AssignForm,
    "hand_over": HandOverForm,
    "close": CloseForm,
    "reopen": ReopenForm,
}
