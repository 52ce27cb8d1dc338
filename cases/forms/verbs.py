from django import forms
from django.conf import settings

from cases.forms.sensitive import AsksBeforeSensitive
from cases.forms.submitting import ComingDateField, IdempotentForm, long_text, needed, one_line
from cases.models import Case
from contacts.forms import ByNameField
from contacts.models import User


class VerbForm(IdempotentForm):
    """What a verb of the case's page asks for, under its heading, button and lead."""

    heading = ""
    button = ""
    lead = ""

    def __init__(self, *args, case, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.case, self.user = case, user

    def opened_with(self, entries):
        """The timeline that the page shows, from the first entry to the last."""


class UpToDateForm(VerbForm):
    """A form whose words depend on what was read: it comes back when the case changed since its page was opened."""

    newest = forms.IntegerField(widget=forms.HiddenInput, required=False)
    unread = ()

    def opened_with(self, entries):
        self.fields["newest"].initial = max((entry.pk for entry in entries if not entry.is_internal), default=0)

    def show_unread(self, entries):
        """What happened meanwhile stands beside what was typed, so sending again is a decision."""
        self.unread, self.data = entries, self.data.copy()
        self.data[self.add_prefix("newest")] = entries[-1].pk


class ReplyForm(AsksBeforeSensitive, UpToDateForm):
    heading, button = "Reply", "Send reply"
    text = long_text(5, label="Your reply", error_messages=needed("Write your reply."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.user.is_support:
            self.fields["text"].help_text = "The district's contacts read this."
        elif self.case.waits_for_district:
            self.fields["text"].help_text = "Your reply gives the case back to Support."


class TakeForm(VerbForm):
    heading, button = "Take the case", "Take the case"
    lead = "No agent has this case yet. Replying takes it too."
    idempotency_key = None


class NoteForm(VerbForm):
    heading, button = "Internal note", "Save internal note"
    lead = "Only Support sees this. No one in the district ever does."
    text = long_text(4, label="Internal note", error_messages=needed("Write the note."))


class AskForm(AsksBeforeSensitive, UpToDateForm):
    heading, button = "Ask the district for input", "Ask for input"
    lead = "The case becomes Pending Customer Input until a contact replies."
    text = long_text(4, label="What do you need to know?", error_messages=needed("Write what you need to know."))


class ResolveForm(AsksBeforeSensitive, UpToDateForm):
    heading, button = "Write a resolution", "Send resolution"
    lead = "The case becomes Pending Customer Verification. The district checks it, then closes the case or replies."
    text = long_text(5, label="Resolution", error_messages=needed("Write the resolution."))
    settled_as = forms.ChoiceField(
        label="How is it settled?",
        choices=[("", "Choose how"), *Case.Settlement.choices],
        help_text="The district reads this, and its report of training needs counts it.",
        error_messages=needed("Choose how it is settled."),
    )


def agent_field(**kwargs):
    return ByNameField(
        User.objects.none(),
        suggestions="cases:choose_agent",
        help_text="The agent's name, or enough of it to be the only one.",
        error_messages=needed("Enter the agent's name."),
        **kwargs,
    )


def words_for_the_district():
    return long_text(
        3,
        label="What the district should know",
        help_text="The district's contacts read this.",
        error_messages=needed("Write what the district should know."),
    )


def contact_field(**kwargs):
    return forms.ModelChoiceField(
        User.objects.none(),
        empty_label="Choose a contact",
        error_messages=dict.fromkeys(
            ["required", "invalid_choice"], "Choose a current authorized contact of the district."
        ),
        **kwargs,
    )


class AgentForm(VerbForm):
    """A form with an agent to choose."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = User.objects.of_support()


class AssignForm(AgentForm):
    heading, button = "Assign the case", "Assign"
    agent = agent_field()


class RequestAssistForm(AgentForm, UpToDateForm):
    heading, button = "Ask another agent to assist", "Request assist"
    lead = "The case becomes Assist Request and stays with its agent. The reply of the agent you ask gives it back."
    agent = agent_field(label="Whom do you ask?")
    text = words_for_the_district()


class ScheduleForm(UpToDateForm):
    heading, button = "Schedule", "Schedule"
    scheduled_on = ComingDateField(
        label="Scheduled for", error_messages=needed("Choose the date for which it is scheduled.")
    )
    text = words_for_the_district()


class SendToDevelopmentForm(UpToDateForm):
    heading, button = "Assign to development", "Assign to development"
    defect_reference = one_line(
        help_text="What development calls the defect.", error_messages=needed("Enter the defect reference.")
    )
    text = words_for_the_district()


class ResumeForm(UpToDateForm):
    heading, button = "Continue work", "Continue work"
    lead = "The case becomes Assigned again."
    text = words_for_the_district()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.case.status == Case.Status.ASSIST_REQUEST:
            self.heading = self.button = "Finish assisting"


class EscalateForm(UpToDateForm):
    heading, button = "Escalate", "Escalate"
    level = forms.TypedChoiceField(
        coerce=int,
        choices=[("", "Choose a level"), *((level, f"Level {level}") for level in Case.ESCALATION_LEVELS)],
        error_messages=needed("Choose the level."),
    )
    text = words_for_the_district()


class HandOverForm(VerbForm):
    heading, button = "Ask a contact to accept the case", "Ask to accept"
    lead = "A contact of the district who accepts is responsible for the case, and it can be closed then."
    contact = contact_field(label="Authorized contact")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = User.objects.contacts_of(self.case.district)
        if self.case.asked_contact:
            self.heading = "Ask another contact to accept the case"


class AcceptForm(VerbForm):
    heading, button = "Accept the case", "Accept the case"
    lead = "You become the contact of the case: you are responsible for it from then on, and it can be closed."

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.case.is_offered:
            self.heading = self.button = "Take the case over"
            self.lead = "You become the contact of the case and are responsible for it from then on."


class CloseForm(AsksBeforeSensitive, UpToDateForm):
    heading, button = "Close the case", "Close the case"
    lead = f"You can still read it, and reopen it for {settings.CASE_REOPEN_WITHIN.days} days."
    text = long_text(3, label="Closing comment", required=False)


class ReopenForm(AsksBeforeSensitive, VerbForm):
    heading, button = "Reopen the case", "Reopen the case"
    text = long_text(4, label="Why does it need more work?", error_messages=needed("Explain why it needs more work."))
