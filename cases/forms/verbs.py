from django import forms
from django.conf import settings

from cases.forms.submitting import IdempotentForm, long_text, needed
from cases.models import Case
from contacts.forms import ByNameField
from contacts.models import SUPPORT_SIDE, User


class VerbForm(IdempotentForm):
    """What a verb of the case's page asks for, under its heading, button and lead."""

    heading = ""
    button = ""
    lead = ""

    def __init__(self, *args, case, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.case, self.user = case, user


class ReplyForm(VerbForm):
    heading, button = "Reply", "Send reply"
    text = long_text(5, label="Your reply", error_messages=needed("Write your reply."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.user.is_support and self.case.waits_for_district:
            self.fields["text"].help_text = "Your reply gives the case back to Support."


class TakeForm(VerbForm):
    heading, button = "Take the case", "Take the case"
    lead = "No agent has this case yet. Replying takes it too."
    idempotency_key = None


class NoteForm(VerbForm):
    heading, button = "Internal note", "Save internal note"
    lead = "Only Support sees this. No one in the district ever does."
    text = long_text(4, label="Internal note", error_messages=needed("Write the note."))


class AskForm(VerbForm):
    heading, button = "Ask the district for input", "Ask for input"
    lead = "The case becomes Pending Customer Input until a contact replies."
    text = long_text(4, label="What do you need to know?", error_messages=needed("Write what you need to know."))


class ResolveForm(VerbForm):
    heading, button = "Write a resolution", "Send resolution"
    lead = "The case becomes Pending Customer Verification. The district checks it, then closes the case or replies."
    text = long_text(5, label="Resolution", error_messages=needed("Write the resolution."))


class MoveForm(VerbForm):
    heading, button = "Change the status", "Change status"
    status = forms.ChoiceField(label="New status", error_messages=needed("Choose the new status."))
    text = long_text(
        3,
        label="What the district should know",
        help_text="The district's contacts read this.",
        error_messages=needed("Write what the district should know."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A form that comes back may name a status that was possible a minute ago; the action refuses it in words.
        offered = Case.SET_BY_HAND if self.is_bound else self.case.settable_statuses
        self.fields["status"].choices = [("", "Choose a status"), *((status.value, status.label) for status in offered)]


class AssignForm(VerbForm):
    heading, button = "Assign the case", "Assign"
    agent = ByNameField(
        User.objects.none(),
        help_text="The agent's name, or enough of it to be the only one.",
        error_messages=needed("Enter the agent's name."),
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
        self.fields["contact"].queryset = User.objects.contacts_of(self.case.district)


class CloseForm(VerbForm):
    heading, button = "Close the case", "Close the case"
    lead = f"You can still read it, and reopen it for {settings.CASE_REOPEN_WITHIN.days} days."
    text = long_text(3, label="Closing comment", required=False)


class ReopenForm(VerbForm):
    heading, button = "Reopen the case", "Reopen the case"
    text = long_text(4, label="Why does it need more work?", error_messages=needed("Explain why it needs more work."))
