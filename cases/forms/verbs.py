from django import forms
from django.conf import settings

from cases.forms.submitting import SentOnceForm, contacts_of, long_text, needed
from cases.models import Status
from cases.reports import MOVES, moves
from contacts.models import SUPPORT_SIDE, User


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
